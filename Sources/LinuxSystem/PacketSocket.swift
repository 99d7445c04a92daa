import CLinux
import Glibc
package import SystemPackage

/// One end of a connected SOCK_SEQPACKET pair: whole messages, each with at most one descriptor.
///
/// The peer is not trusted. A message that is longer than allowed, whose control data was cut, or that carries more
/// than one descriptor gives `badMessage` (EBADMSG), and what it carried is closed. Both functions may be called from
/// any thread; several receivers share the messages between them.
package final class PacketSocket: Sendable {
    /// Room for several messages of 64 KiB; the kernel halves its own maximum (`net.core.wmem_max`) into it.
    private static let bufferBytes: CInt = 425_984

    private let descriptor: SharedDescriptor

    /// For a ``Poller``. Never to be closed.
    package var raw: CInt { descriptor.raw }

    /// Takes over one end, as a child process does with the one it was given.
    package init(_ descriptor: consuming Descriptor) {
        self.descriptor = SharedDescriptor(descriptor)
    }

    /// Uses an end that somebody else may hold too.
    package init(_ descriptor: SharedDescriptor) {
        self.descriptor = descriptor
    }

    /// A connected pair: this process's end, and the end to give to a child.
    package static func pair() throws(Errno) -> (PacketSocket, SharedDescriptor) {
        var ends: [CInt] = [-1, -1]
        try systemCall { clinux_packet_pair(&ends, bufferBytes) }
        return (PacketSocket(Descriptor(adopting: ends[0])), SharedDescriptor(Descriptor(adopting: ends[1])))
    }

    /// Sends one message.
    ///
    /// While the peer doesn't read there may be no room: the call waits for it as long as `timeout` says, which is not
    /// at all by default and for ever with nil. Errors: `resourceTemporarilyUnavailable` (EAGAIN) if there was no room
    /// in time, `brokenPipe` if the peer is gone, `messageTooLong` if the message can never fit. SIGPIPE is not raised.
    package func send(
        _ bytes: [UInt8], descriptor passed: CInt? = nil, timeout: Duration? = .zero
    ) throws(Errno) {
        let deadline = timeout.map { MonotonicClock.now() + $0 }
        while true {
            do {
                try bytes.withUnsafeBufferPointer { (buffer) throws(Errno) in
                    _ = try systemCall { clinux_send_packet(raw, buffer.baseAddress, buffer.count, passed ?? -1) }
                }
                return
            } catch {
                guard error == .resourceTemporarilyUnavailable else { throw error }
                guard try waitUntilReady(POLLOUT, deadline) else { throw error }
            }
        }
    }

    /// Receives one message, or nil once the peer has closed its end (or sent an empty message, which nobody does).
    ///
    /// A message of more than `maximum` bytes gives `badMessage`. Waits as long as `timeout` says, for ever with nil;
    /// `resourceTemporarilyUnavailable` (EAGAIN) if nothing came in time.
    package func receive(
        maximum: Int, timeout: Duration?
    ) throws(Errno) -> (bytes: [UInt8], descriptor: SharedDescriptor?)? {
        let deadline = timeout.map { MonotonicClock.now() + $0 }
        while true {
            do {
                return try receiveNow(maximum: maximum)
            } catch {
                guard error == .resourceTemporarilyUnavailable else { throw error }
                guard try waitUntilReady(POLLIN, deadline) else { throw error }
            }
        }
    }

    private func receiveNow(maximum: Int) throws(Errno) -> (bytes: [UInt8], descriptor: SharedDescriptor?)? {
        var passed: CInt = -1
        var failure: Errno?
        let bytes = withUnsafeTemporaryAllocation(byteCount: max(1, maximum), alignment: 1) { buffer -> [UInt8] in
            do throws(Errno) {
                let count = try systemCall {
                    clinux_receive_packet(raw, buffer.baseAddress, buffer.count, &passed)
                }
                return Array(buffer.prefix(count))
            } catch {
                failure = error
                return []
            }
        }
        if let failure {
            // The peer died with messages of ours unread. It is said once, and before what the peer had sent.
            guard failure == .connectionReset else { throw failure }
            return try receiveNow(maximum: maximum)
        }
        let descriptor = passed == -1 ? nil : SharedDescriptor(Descriptor(adopting: passed))
        return bytes.isEmpty ? nil : (bytes, descriptor)
    }

    /// False if the deadline passed first.
    private func waitUntilReady(_ events: CInt, _ deadline: Duration?) throws(Errno) -> Bool {
        while true {
            let left = deadline.map { $0 - MonotonicClock.now() }
            if let left, left <= .zero { return false }
            var entry = pollfd(fd: raw, events: Int16(events), revents: 0)
            let ready = try systemCall { poll(&entry, 1, left?.timeoutMilliseconds ?? -1) }
            // Errors and hang-ups count as ready: the call that follows tells which.
            if ready > 0 { return true }
        }
    }
}
