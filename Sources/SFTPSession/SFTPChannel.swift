import CLibSSH
import SFTPCodec
import SFTPService
import SessionProtocol

/// One SSH channel: its bytes in and out, and the SFTP server behind it once the subsystem is asked for.
///
/// The callbacks only set flags; everything is read and written from the loop, because libssh may call back from inside any write.
final class SFTPChannel {
    /// What libssh may hold for this side before the client is said to ignore its window (1.28 MB).
    private static let largestBacklog = 4 << 20
    /// Answers that wait for the client before its requests are read no further: here for its window, and in libssh for
    /// its socket. A client may give a window of 4 GiB.
    private static let largestOutput = 1 << 20

    enum Failure: Error {
        /// The client broke the protocol.
        case protocolError(String)
        case connectionLost
        case daemonLost
    }

    let handle: ssh_channel
    let server: SFTPServer
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    /// Set by the subsystem request.
    private(set) var isSFTP = false
    private let input = InputBuffer()
    /// Its end has been sent; libssh may take another turn to close it.
    private(set) var hasSentEnd = false
    private(set) var isFinished = false
    /// When the client last took an answer, in milliseconds, while some wait.
    var stalledSince: UInt64?
    /// The client has taken some of what waits for it, in this turn.
    private var hasTaken = false
    /// Bytes given to libssh since it last had none left: no less than what it holds.
    private var unsent = 0
    /// Requests wait until libssh has sent what it holds, and for nothing else.
    var isHeldUp: Bool { server.output.bytes.isEmpty && unsent >= Self.largestOutput }

    init?(session: ssh_session, daemon: DaemonLink) {
        guard let handle = ssh_channel_new(session) else { return nil }
        self.handle = handle
        server = SFTPServer(daemon: daemon)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: ssh_channel_callbacks_struct())
        callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        // Unretained: the channel's callbacks are removed before this object goes (``detach``).
        callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        callbacks.pointee.channel_subsystem_request_function = { _, _, name, userdata in
            guard let name, let userdata else { return 1 }
            let channel = Unmanaged<SFTPChannel>.fromOpaque(userdata).takeUnretainedValue()
            return channel.acceptSubsystem(String(cString: name)) ? 0 : 1
        }
        ssh_set_channel_callbacks(handle, callbacks)
    }

    deinit {
        callbacks.deinitialize(count: 1)
        callbacks.deallocate()
    }

    private func acceptSubsystem(_ name: String) -> Bool {
        guard name == "sftp", !isSFTP else { return false }
        isSFTP = true
        return true
    }

    /// Takes the callbacks off, which libssh 0.10 would otherwise keep on a channel that waits for its peer's close.
    func detach() { ssh_remove_channel_callbacks(handle, callbacks) }

    /// Moves bytes and answers requests as far as it goes without waiting. True if a request was answered, or the client has taken some of
    /// what waits for it.
    ///
    /// - socketTook: the connection's socket has taken bytes since the last call.
    func pump(writesPending: Bool, socketTook: Bool, now: UInt64) throws(Failure) -> Bool {
        guard !isFinished else { return false }
        // Answers to keepalives are no sign that the client reads, where its window is what this channel waits for.
        hasTaken = socketTook && unsent >= Self.largestOutput
        if hasTaken { stalledSince = nil }
        // Nothing of the protocol sends on the second stream, and nobody would read what piles up there.
        if ssh_channel_poll(handle, 1) > 0 { throw .protocolError("data on the error stream") }
        if !writesPending { unsent = 0 }
        var worked = false
        if isSFTP {
            try flush(now)
            while server.output.bytes.count < Self.largestOutput, unsent < Self.largestOutput {
                let readSome = try read()
                let answered = try answer()
                worked = worked || answered
                try flush(now)
                if !readSome && !answered { break }
            }
        }
        if ssh_channel_poll(handle, 0) > CInt(Self.largestBacklog) { throw .protocolError("window ignored") }
        try finishIfOver()
        return worked || hasTaken
    }

    private func read() throws(Failure) -> Bool {
        let room = PacketDecoder.longest + 4 - input.count
        guard room > 0 else { return false }
        let available = ssh_channel_poll(handle, 0)
        guard available > 0 else { return false }
        let count = input.append(upTo: min(room, Int(available))) {
            Int(ssh_channel_read_timeout(handle, $0.baseAddress, UInt32(clamping: $0.count), 0, 0))
        }
        if count == Int(SSH_ERROR) { throw .connectionLost }
        return count > 0
    }

    private func answer() throws(Failure) -> Bool {
        var answered = false
        while input.count > 0, server.output.bytes.count < Self.largestOutput {
            let waiting = input.bytes
            guard let range = try frame(waiting) else { break }
            do {
                try server.handle(UnsafeRawBufferPointer(rebasing: waiting[range]))
            } catch {
                throw .daemonLost
            }
            input.consume(range.upperBound)
            answered = true
        }
        return answered
    }

    private func frame(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Range<Int>? {
        switch PacketDecoder.frame(bytes) {
        case .incomplete: nil
        case .invalid: throw .protocolError("SFTP packet too long")
        case .packet(let range): range
        }
    }

    /// Gives back the memory of what is not under way.
    func rest() {
        input.rest()
        server.output.rest()
    }

    private func flush(_ now: UInt64) throws(Failure) {
        while !server.output.bytes.isEmpty {
            let count = server.output.bytes.withUnsafeBytes {
                ssh_channel_write(handle, $0.baseAddress, UInt32(clamping: $0.count))
            }
            if count < 0 {
                // A client that has closed its end takes no more answers.
                guard ssh_channel_is_eof(handle) != 0 || ssh_channel_is_closed(handle) != 0 else {
                    throw .connectionLost
                }
                server.output.removeFirst(server.output.bytes.count)
                break
            }
            if count == 0 {
                stalledSince = stalledSince ?? now
                return
            }
            server.output.removeFirst(Int(count))
            unsent += Int(count)
            stalledSince = nil
            hasTaken = true
        }
        stalledSince = unsent < Self.largestOutput ? nil : stalledSince ?? now
    }

    /// Ends the channel once the client has: without exit-status OpenSSH's scp fails, without the close several clients hang.
    private func finishIfOver() throws(Failure) {
        let isClosed = ssh_channel_is_closed(handle) != 0
        // Requests that are held up come before the end: there may be a CLOSE among them.
        let isAnswered = server.output.bytes.isEmpty && !isHeldUp
        guard isClosed || (ssh_channel_is_eof(handle) != 0 && isAnswered) else { return }
        if !hasSentEnd {
            hasSentEnd = true
            do {
                try server.abandonAll()
            } catch {
                throw .daemonLost
            }
            if !isClosed {
                _ = ssh_channel_request_send_exit_status(handle, 0)
                _ = ssh_channel_send_eof(handle)
            }
        }
        isFinished = isClosed || ssh_channel_close(handle) != SSH_AGAIN
    }
}
