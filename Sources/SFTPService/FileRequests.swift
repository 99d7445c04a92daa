import Glibc
import LinuxSystem
import SFTPCodec
import SessionProtocol

/// The requests that work on an open file.
extension SFTPServer {
    func open(
        _ id: UInt32, _ path: [UInt8], _ flags: OpenFlags, _ attributes: FileAttributes
    ) throws(DaemonLost) {
        if isFull(id) { return }
        let (reply, descriptor) = try daemon.ask(
            .open(path: ClientPath.normalise(path), flags: flags.intersection(.all), statedSize: attributes.size))
        switch (reply, descriptor) {
        case (.openedToRead(let handle), let descriptor?):
            handles[handle] = .read(descriptor)
            output.handle(id, handle)
        case (.openedToWrite(let handle, let opened), let descriptor?):
            let content = UploadContent(
                opened.beginning, size: opened.size, mustReach: opened.mustReach, limit: opened.limit,
                statedSize: attributes.size)
            let upload = Upload(
                descriptor: descriptor, content: content, appends: flags.contains(.append),
                limitText: opened.limitText)
            handles[handle] = .upload(upload)
            daemon.uploads[handle] = upload
            output.handle(id, handle)
        default: answer(id, reply)
        }
    }

    func write(_ id: UInt32, _ handle: UInt32?, _ offset: UInt64, _ data: UnsafeRawBufferPointer) {
        guard let file = handle.flatMap({ handles[$0] }) else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        guard let handle, case .upload(let upload) = file else {
            return output.status(id, .permissionDenied, Texts.notWritable)
        }
        switch upload.content.admit(offset: offset, count: data.count, appends: upload.appends) {
        case .refused(let refusal):
            upload.content.refuse(refusal)
            output.status(id, .failure, text(refusal, upload))
        case .beginAnew(let range):
            guard beginAnew(upload, handle) else { return output.status(id, .failure, Texts.writeFailed) }
            write(id, handle, upload, range, data)
        case .write(let range): write(id, handle, upload, range, data)
        }
    }

    private func write(
        _ id: UInt32, _ handle: UInt32, _ upload: Upload, _ range: Range<UInt64>, _ data: UnsafeRawBufferPointer
    ) {
        let hadGap = upload.content.extents.hasGap
        // Told before, so that the daemon knows of the gap even if this process dies with the write.
        if !hadGap, upload.content.extents.opensGap(range) {
            daemon.tell(.progress(handle: handle, contiguous: upload.content.extents.contiguous))
        }
        let written = calls.writeAll(data, to: upload.descriptor.raw, at: range.lowerBound)
        upload.content.wrote(range.lowerBound..<range.lowerBound + UInt64(written.count))
        received &+= UInt64(written.count)
        if hadGap, !upload.content.extents.hasGap { daemon.tell(.progress(handle: handle, contiguous: nil)) }
        switch written.error {
        case 0: return output.status(id, .ok)
        case ENOSPC, EDQUOT: upload.content.fail(.noSpace)
        default: upload.content.fail(.write)
        }
        output.status(id, .failure, text(.damaged(upload.content.damage ?? .write), upload))
    }

    /// What an earlier upload left in the file counts no more; false if it can't be taken away.
    private func beginAnew(_ upload: Upload, _ handle: UInt32) -> Bool {
        let size = upload.content.beginAnew()
        if upload.content.extents.hasGap {
            daemon.tell(.progress(handle: handle, contiguous: upload.content.extents.contiguous))
        }
        return cut(upload, to: size)
    }

    /// What cannot be cut is damaged: the file is not what the client believes.
    private func cut(_ upload: Upload, to size: UInt64) -> Bool {
        guard calls.truncate(upload.descriptor.raw, off_t(clamping: size)) == 0 else {
            upload.content.fail(.write)
            return false
        }
        return true
    }

    private func text(_ refusal: UploadContent.Refusal, _ upload: Upload) -> String {
        switch refusal {
        case .overLimit: upload.limitText
        case .damaged(.noSpace), .damaged(.evicted): Texts.diskFull
        case .damaged(.write), .damaged(.sync): Texts.writeFailed
        case .tooScattered: Texts.tooManyPieces
        }
    }

    func read(_ id: UInt32, _ handle: UInt32?, _ offset: UInt64, _ length: UInt32) {
        let raw: CInt
        switch handle.flatMap({ handles[$0] }) {
        case .read(let descriptor): raw = descriptor.raw
        case .upload(let upload): raw = upload.descriptor.raw
        case .folder: return output.status(id, .failure, Texts.notAFile)
        case nil: return output.status(id, .failure, Texts.unknownHandle)
        }
        guard let position = off_t(exactly: offset) else { return output.status(id, .eof) }
        let wanted = min(Int(length), Int(ReplyEncoder.maximumData))
        var code: CInt = 0
        let count = output.data(id, length: wanted) { buffer in
            while true {
                let count = pread(raw, buffer.baseAddress, buffer.count, position)
                if count >= 0 { return count }
                code = errno
                if code != EINTR { return count }
            }
        }
        if count > 0 {
            sent &+= UInt64(count)
        } else if count < 0 {
            output.status(id, .failure, Texts.readFailed)
        } else {
            output.status(id, .eof)
        }
    }

    func handleStatus(_ id: UInt32, _ handle: UInt32?) {
        let raw: CInt
        var size: UInt64?
        var modified: UInt32?
        switch handle.flatMap({ handles[$0] }) {
        case .read(let descriptor): raw = descriptor.raw
        case .upload(let upload):
            raw = upload.descriptor.raw
            size = upload.content.extents.end
            modified = upload.modified
        case .folder:
            return output.attributes(
                id, EntryAttributes(size: 0, isFolder: true, permissions: 0o700, modified: 0).onTheWire)
        case nil: return output.status(id, .failure, Texts.unknownHandle)
        }
        guard let status = try? fileStatus(of: raw) else { return output.status(id, .failure, Texts.readFailed) }
        output.attributes(
            id,
            EntryAttributes(
                size: size ?? UInt64(clamping: status.size), isFolder: false, permissions: 0o600,
                modified: modified ?? UInt32(clamping: status.modified.seconds)
            ).onTheWire)
    }

    func setHandleStatus(_ id: UInt32, _ handle: UInt32?, _ attributes: FileAttributes) throws(DaemonLost) {
        guard let handle, let file = handles[handle] else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        guard case .upload(let upload) = file else {
            return output.status(id, .permissionDenied, Texts.notWritable)
        }
        try set(id, handle, upload, attributes)
    }

    /// By path: the same as by handle for what this session has open itself.
    func setStatus(_ id: UInt32, _ path: [UInt8], _ attributes: FileAttributes) throws(DaemonLost) {
        let reply = try daemon.ask(
            .setAttributes(
                path: ClientPath.normalise(path), size: attributes.size, modified: attributes.times?.modified)
        ).reply
        guard case .ownUpload(let handle) = reply, let upload = daemon.uploads[handle] else {
            return answer(id, reply)
        }
        try set(id, handle, upload, attributes)
    }

    private func set(
        _ id: UInt32, _ handle: UInt32, _ upload: Upload, _ attributes: FileAttributes
    ) throws(DaemonLost) {
        if let size = attributes.size {
            let hadGap = upload.content.extents.hasGap
            // A larger size is a promise that later writes keep, or the CLOSE fails; a smaller one cuts the file now.
            if let size = upload.content.state(size: size) {
                guard cut(upload, to: size) else { return output.status(id, .failure, Texts.writeFailed) }
                if hadGap, !upload.content.extents.hasGap {
                    daemon.tell(.progress(handle: handle, contiguous: nil))
                }
            }
        }
        guard let modified = attributes.times?.modified else { return output.status(id, .ok) }
        upload.modified = modified
        try relay(id, .setHandleTime(handle: handle, modified: modified))
    }

    /// Asks the daemon: an error that a sync gives here would not be given to it again.
    func synchronise(_ id: UInt32, _ handle: UInt32?) throws(DaemonLost) {
        switch handle.flatMap({ handles[$0] }) {
        case .upload(let upload):
            guard let handle else { return }
            let reply = try daemon.ask(.synchronise(handle: handle)).reply
            if case .status(let code, _) = reply, code != .ok { upload.content.fail(.sync) }
            answer(id, reply)
        case .read: output.status(id, .ok)
        case .folder, nil: output.status(id, .failure, Texts.unknownHandle)
        }
    }

    func close(_ id: UInt32, _ handle: UInt32?) throws(DaemonLost) {
        // Nothing here keeps the file, and with it the descriptor, while the daemon is asked.
        guard let handle, let account = handles.removeValue(forKey: handle).map(Self.end) else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        daemon.uploads[handle] = nil
        try relay(id, .close(handle: handle, upload: account))
    }

    /// What the daemon is told at a file's end; nil for what was no upload.
    ///
    /// The descriptor goes with the file: the daemon can't claim one that is still open for writing here.
    private static func end(_ file: consuming FileHandle) -> UploadAccount? {
        guard case .upload(let upload) = file else { return nil }
        return upload.content.account
    }

    /// Gives up what is still open, because the channel closed: uploads stay as partials.
    package func abandonAll() throws(DaemonLost) {
        for (handle, file) in handles {
            if case .upload(let upload) = file {
                daemon.uploads[handle] = nil
                daemon.tell(.progress(handle: handle, contiguous: upload.content.extents.contiguous))
            }
            _ = try daemon.ask(.close(handle: handle, upload: nil))
        }
        handles.removeAll()
    }
}
