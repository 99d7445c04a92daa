import Foundation
import Testing

/// A client of the portal that does what no browser does: stops in the middle, says nothing, doesn't read.
final class RawConnection {
    private let raw: Int32
    private var isOpen = true

    /// - base: `http://127.0.0.1:PORT`.
    init(to base: String) throws {
        let port = try #require(base.split(separator: ":").last.flatMap { UInt16($0) }, "\(base)")
        raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(raw >= 0)
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected, "\(base)")
    }

    deinit { if isOpen { close(raw) } }

    /// All of it; nothing more once the other end is gone.
    func send(_ bytes: some Sequence<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) { send(text.utf8) }

    /// What comes until the other end closes; it has a minute.
    func receiveAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        while true {
            let count = recv(raw, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }

    /// As a program that ends does.
    func end() {
        guard isOpen else { return }
        isOpen = false
        close(raw)
    }

    /// As a router that lost its table does: RST instead of FIN.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        end()
    }
}

/// An upload by the page of which the first half is sent.
struct HalfUpload {
    let connection: RawConnection
    private let rest: ArraySlice<UInt8>

    init(_ browser: PortalBrowser, key: String, _ content: String, as name: String = "liste.csv") throws {
        let boundary = "----half"
        let body = Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"cle\"\r\n\r\n\(key)\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"\(name)\"\r\nContent-Type: text/csv\r\n\r\n\(content)\r\n--\(boundary)--\r\n"
                .utf8)
        connection = try RawConnection(to: browser.base)
        connection.send(
            "POST /deposer HTTP/1.1\r\nHost: \(browser.base.dropFirst("http://".count))\r\nOrigin: \(browser.base)\r\nCookie: \(browser.cookie)\r\nContent-Type: multipart/form-data; boundary=\(boundary)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        )
        connection.send(body[..<(body.count / 2)])
        rest = body[(body.count / 2)...]
    }

    func sendTheRest() { connection.send(rest) }
}
