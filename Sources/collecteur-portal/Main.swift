import Glibc
import Portal

@main
enum Main {
    static func main() {
        guard CommandLine.arguments.count == 2, let listeners = Int(CommandLine.arguments[1]),
            (1...16).contains(listeners)
        else {
            let line = Array(
                "collecteur-portal: started by collecteur serve, where portal.listen is set; not by hand\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            exit(64)
        }
        // Not `exit`: what libraries would take apart, the kernel takes with the process.
        _exit(PortalProcess.run(listeners: listeners))
    }
}
