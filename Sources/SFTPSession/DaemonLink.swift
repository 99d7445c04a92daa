import LinuxSystem
import SFTPCodec
import SFTPService
import SessionProtocol
import SystemPackage

/// The control socket to the daemon: requests that wait for their reply, and notices that don't.
///
/// The session has one thread, so that one request is under way at a time. An order to end that comes while a reply is awaited is kept.
/// When the socket closes, the daemon is gone and the session must end.
final class DaemonLink: DaemonConnection {
    private let socket: PacketSocket
    let uploads = OpenUploads()
    private var lastID: UInt32 = 0
    /// Set once the session has to end, with what the daemon said.
    private(set) var ended: String?

    init(_ socket: consuming Descriptor) {
        self.socket = PacketSocket(socket)
    }

    init(_ socket: PacketSocket) {
        self.socket = socket
    }

    var raw: CInt { socket.raw }

    /// Waits for a template's first message.
    func setup() throws(DaemonLost) -> SessionSetup {
        guard case .setup(let setup) = try receive(maximum: Bounds.setup, timeout: .seconds(10)).order else {
            throw DaemonLost()
        }
        return setup
    }

    /// Waits for the next order to make a session, and gives that session's control socket; nil once the daemon is gone.
    func orderToCopy() throws -> SharedDescriptor? {
        guard let message = try socket.receive(maximum: Bounds.message, timeout: nil) else { return nil }
        guard case .copy = try Codec.decodeOrder(message.bytes), let control = message.descriptor else {
            throw DaemonLost()
        }
        return control
    }

    /// A session's first message, and the client's socket that came with it.
    struct Greeting: ~Copyable {
        let welcome: Welcome
        let client: Descriptor
    }

    /// Waits for a session's first message.
    func greeting() throws -> Greeting {
        guard case (.welcome(let welcome), let client?) = try receive(maximum: Bounds.message, timeout: .seconds(10))
        else { throw DaemonLost() }
        return Greeting(welcome: welcome, client: try client.duplicate())
    }

    /// Asks and waits for the answer, as long as it takes: the daemon bounds its own work, and ends the session if it must.
    ///
    /// What can't be asked at all, a path of 5 000 bytes say, is answered here.
    func ask(_ request: Request) throws(DaemonLost) -> (reply: Reply, descriptor: SharedDescriptor?) {
        lastID &+= 1
        guard let message = try? Codec.encode(.request(id: lastID, request)) else {
            return (.status(.failure, text: Texts.tooLong), nil)
        }
        do {
            try socket.send(message, timeout: .seconds(60))
        } catch {
            ended = ended ?? ""
            throw DaemonLost()
        }
        while true {
            let (order, descriptor) = try receive(maximum: Bounds.message, timeout: nil)
            switch order {
            case .reply(lastID, let reply): return (reply, descriptor)
            case .end(let reason): ended = reason
            case .reply, .welcome, .setup, .copy:
                ended = ended ?? ""
                throw DaemonLost()
            }
        }
    }

    /// Tells without waiting for anything; what the daemon is too slow to take is dropped, but for what decides on data.
    func tell(_ notice: Notice) {
        var patience = Duration.zero
        if case .progress = notice { patience = .seconds(60) }
        if case .ended = notice { patience = .seconds(1) }
        guard let message = try? Codec.encode(.notice(notice)) else { return }
        do {
            try socket.send(message, timeout: patience)
        } catch {
            if case .progress = notice { ended = ended ?? "" }
        }
    }

    /// Tells why this process could not be set up.
    func tell(failure error: any Error) {
        let detail = Array(String(describing: error).utf8.prefix(Bounds.text))
        tell(.ended(reason: .failure, detail: detail, received: 0, sent: 0))
    }

    /// Takes what the daemon has sent unasked.
    func drain() {
        while ended == nil {
            do {
                guard let message = try socket.receive(maximum: Bounds.message, timeout: .zero) else {
                    ended = ""
                    return
                }
                guard case .end(let reason) = try Codec.decodeOrder(message.bytes) else {
                    ended = ""
                    return
                }
                ended = reason
            } catch let error as Errno where error == .resourceTemporarilyUnavailable {
                return
            } catch {
                ended = ""
            }
        }
    }

    private func receive(
        maximum: Int, timeout: Duration?
    ) throws(DaemonLost) -> (order: Order, descriptor: SharedDescriptor?) {
        do {
            if let message = try socket.receive(maximum: maximum, timeout: timeout) {
                return (try Codec.decodeOrder(message.bytes), message.descriptor)
            }
        } catch {}
        ended = ended ?? ""
        throw DaemonLost()
    }
}
