// The portal's real program on made-up data, to look at its pages and to drive them with a browser:
//
//     portal-preview PORTAL-PROGRAM PORT
//
// Answers the control socket with `SampleBackend`. Prints « ready » once the pages are served, and ends with its standard input.
//
//     portal-preview visits
//
// Prints who looks where, one visit a line: the route's kind, the person and its session's token in hexadecimal (empty before login), whether the route has a page,
// whether it takes a form, the address.
import Glibc
import LinuxSystem
import Portal
import PortalHTML
import PortalProtocol
import PortalSamples
import SystemPackage

let arguments = CommandLine.arguments
if arguments.dropFirst() == ["visits"] {
    for visit in Route.Kind.allCases.flatMap(Visit.all) {
        let methods = visit.route.methods
        let token = (visit.person.token ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let fields = [
            visit.route.kind.rawValue, visit.person.rawValue, token,
            methods.get ? "page" : "", methods.post ? "form" : "", visit.address,
        ]
        print(fields.joined(separator: "\t"))
    }
    exit(0)
}
guard arguments.count == 3, let port = UInt16(arguments[2]) else { exit(64) }

let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
var reuse: CInt = 1
setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<CInt>.size))
var address = sockaddr_in()
address.sin_family = sa_family_t(AF_INET)
address.sin_port = port.bigEndian
address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
let bound = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
}
guard bound == 0 else { exit(1) }

let (near, far) = try PacketSocket.pair()
_ = try SpawnedProcess.spawn(
    path: arguments[1], arguments: ["collecteur-portal", "1"], environment: [],
    descriptors: [(parent: far.raw, child: 3), (parent: listener, child: 4)])

var welcome = SampleBackend.welcome
welcome.host = "127.0.0.1:\(port)"
welcome.origin = "http://127.0.0.1:\(port)"
try near.send(PortalCodec.encode(.welcome(welcome)))

let backend = SampleBackend()
_ = Thread.start(name: "answers") {
    do {
        while let (bytes, _) = try near.receive(maximum: PortalBounds.request, timeout: nil) {
            let request = try PortalCodec.decodeRequest(bytes)
            if request.id == 0 {
                backend.tell(request.question, from: request.visitor)
                continue
            }
            let reply = backend.answer(request.question, from: request.visitor)
            try near.send(
                PortalCodec.encode(.answer(id: request.id, reply.answer)), descriptor: reply.descriptor?.raw,
                timeout: .seconds(120))
            if case .hello = request.question {
                // Not `print`: a flush would wait for the thread that reads.
                _ = write(STDOUT_FILENO, "ready\n", 6)
            }
        }
    } catch { print("control socket: \(error)") }
    exit(1)
}
while readLine() != nil {}
