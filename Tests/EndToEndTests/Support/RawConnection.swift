import Foundation
import PortalSamples
import Testing

/// A client of the portal that does what no browser does: stops in the middle, says nothing, doesn't read.
final class RawConnection {
    private let raw: Int32
    private var isOpen = true

    /// What has come so far.
    private(set) var received: [UInt8] = []
    /// Whether the other end has closed, as far as has been read.
    private(set) var isClosed = false

    /// - base: `http://127.0.0.1:PORT`.
    /// - receiveBuffer: bytes that the kernel takes for whoever doesn't read; its own choice where nil.
    init(to base: String, receiveBuffer: Int32? = nil) throws {
        let port = try #require(base.split(separator: ":").last.flatMap { UInt16($0) }, "\(base)")
        raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(raw >= 0)
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        if var receiveBuffer {
            setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
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

    /// What comes until the other end closes; it has some minutes.
    func receiveAll() -> String {
        _ = eventually { receive() }
        return text
    }

    var text: String { String(decoding: received, as: UTF8.self).withPlainSpaces }

    /// Takes what is there, without waiting.
    ///
    /// - most: bytes.
    /// - Returns: whether the other end has closed.
    @discardableResult
    func receive(most: Int = .max) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var left = most
        while !isClosed, left > 0 {
            let count = recv(raw, &buffer, min(left, buffer.count), Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else {
                isClosed = true
                break
            }
            received += buffer.prefix(count)
            left -= count
        }
        return isClosed
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
        let body = Array(UploadRequest.body(key: key, [(name, content)]).utf8)
        connection = try RawConnection(to: browser.base)
        connection.send(UploadRequest.head(browser, "/deposer", bytes: body.count))
        connection.send(body[..<(body.count / 2)])
        rest = body[(body.count / 2)...]
    }

    func sendTheRest() { connection.send(rest) }
}

/// What a browser sends for the form of a deposit.
enum UploadRequest {
    private static let boundary = "----form"

    static func head(_ browser: PortalBrowser, _ path: String, bytes: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: \(browser.base.dropFirst("http://".count))\r\nOrigin: \(browser.base)\r\nCookie: \(browser.cookie)\r\nContent-Type: multipart/form-data; boundary=\(boundary)\r\nContent-Length: \(bytes)\r\nConnection: close\r\n\r\n"
    }

    static func body(key: String, _ files: [(name: String, content: String)]) -> String {
        let parts = files.map { file in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"\(file.name)\"\r\nContent-Type: text/csv\r\n\r\n\(file.content)\r\n"
        }
        return
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"cle\"\r\n\r\n\(key)\r\n\(parts.joined())--\(boundary)--\r\n"
    }
}
