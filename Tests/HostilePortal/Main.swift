// A portal that has been taken over: as confined as the portal is, on the same control socket, with somebody else's code in it and with the
// session of one person who passed through it. It asks the daemon for everything that is another's, and says on standard error what it got.
//
// The file `stolen` beside the program has a line for each thing that it knows: its own session's token, and of the other establishment a
// deposit, a form's key, the code, an organisation, an e-mail; and words that only the other's pages have.
import Glibc

@main
enum Main {
    static func main() {
        let intruder = Intruder(stolen: Stolen.read())
        do {
            try intruder.run()
        } catch {
            intruder.say("stopped: \(error)")
        }
        _exit(0)
    }
}
