import Glibc
import LinuxSystem
import PortalProtocol
import SystemPackage

/// Asks for what is another's, with a session of its own, with none, and with one that it makes up.
final class Intruder {
    private let stolen: Stolen
    private let socket = PacketSocket(Descriptor(adopting: 3))
    private var lastID: UInt32 = 0
    private var asked = 0

    init(stolen: Stolen) {
        self.stolen = stolen
    }

    func say(_ text: String) {
        let line = "intruder: \(text)\n"
        _ = write(STDERR_FILENO, line, line.utf8.count)
    }

    func run() throws {
        guard let (bytes, _) = try socket.receive(maximum: PortalBounds.order, timeout: .seconds(120)),
            case .welcome(let welcome) = try PortalCodec.decodeOrder(bytes)
        else { return say("no welcome") }
        try Sandbox.confinePortalFiles(uploadCap: welcome.uploadCap, maximumConnections: UInt64(welcome.maxConnections))
        try Sandbox.confinePortalCalls()
        _ = try ask(.hello(version: PortalBuild.version), [])
        lookAround()
        // It looks in the right way: its own person's things are there.
        guard case .page(let frame, .home) = try ask(.home, stolen.token).answer else { return say("no session") }
        if frame.email == stolen.email { say("reached the session of \(frame.email)") }
        for foreign in Foreign.questions(stolen) {
            try look(foreign, stolen.token, "its own session")
            try look(foreign, [], "no session")
            try look(foreign, [UInt8](repeating: 0x5A, count: PortalBounds.token), "a session that it makes up")
        }
        for handle in UInt32(0)..<40 {
            var end = UploadEnd()
            end.handle = handle
            end.sha256 = [UInt8](repeating: 0, count: 32)
            try look(.endUpload(end), stolen.token, "its own session")
        }
        // The last, since one of them is its own.
        for session in UInt64(0)..<40 { _ = try ask(.endSession(id: session), stolen.token) }
        say("asked \(asked) times, and is done")
        // What is no message at all ends it, and it alone.
        var noise = SystemRandomNumberGenerator()
        for _ in 0..<50 { try? socket.send((0..<200).map { _ in UInt8.random(in: 0...255, using: &noise) }) }
        sleep(60)
    }

    private func lookAround() {
        let paths =
            stolen.files + ["/etc/passwd", "/proc/\(getppid())/mem", "/proc/\(getppid())/environ", "/proc/1/environ"]
        for path in paths {
            let file = open(path, O_RDONLY)
            if file >= 0 { say("reached \(path)") }
        }
        if open("/tmp/intruder", O_CREAT | O_WRONLY, 0o600) >= 0 { say("reached /tmp") }
        if Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0 { say("reached the network") }
        if Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) >= 0 { say("reached other sockets") }
        // Its standard streams, the control socket, one listening socket.
        for number in CInt(5)..<1000 where fcntl(number, F_GETFD) >= 0 { say("was left the descriptor \(number)") }
    }

    private func look(_ question: Question, _ token: [UInt8], _ whose: String) throws {
        let (answer, descriptor) = try ask(question, token)
        var shown = "\(answer)"
        if let descriptor, case .download = answer {
            let bytes = (try? FileIO.readPart(descriptor.raw, count: 1 << 20, offset: 0)) ?? []
            shown += String(decoding: bytes, as: UTF8.self)
        }
        let kind = "\(question)".prefix { $0 != "(" }
        for mark in stolen.marks where shown.contains(mark) { say("reached \(mark) by \(kind) with \(whose)") }
        if token != stolen.token, Foreign.needsSession(question), answer != .loginNeeded {
            say("\(kind) with \(whose) is answered with \("\(answer)".prefix(60))")
        }
        guard token == stolen.token, Foreign.isAnothers(question) else { return }
        switch answer {
        case .notFound, .refused, .loginNeeded, .later, .problems: break
        case .outcome(_, let outcome) where outcome.state == .unknown: break
        default: say("\(kind) of another's is answered with \("\(answer)".prefix(60))")
        }
    }

    private func ask(_ question: Question, _ token: [UInt8]) throws -> (answer: Answer, descriptor: SharedDescriptor?) {
        lastID += 1
        asked += 1
        let visitor = Visitor(address: "192.0.2.7", token: token)
        try socket.send(
            PortalCodec.encode(PortalRequest(id: lastID, visitor: visitor, question: question)), timeout: .seconds(120))
        while let (bytes, descriptor) = try socket.receive(maximum: PortalBounds.order, timeout: .seconds(300)) {
            if case .answer(lastID, let answer) = try PortalCodec.decodeOrder(bytes) { return (answer, descriptor) }
        }
        throw Errno.brokenPipe
    }
}
