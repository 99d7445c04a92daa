import Glibc
import LinuxSystem
import SFTPCodec
import SessionProtocol

/// The requests that work on an open file.
extension SFTPServer {
    func open(
        _ id: UInt32, _ path: [UInt8], _ flags: OpenFlags, _ attributes: FileAttributes
    ) throws(DaemonLink.LinkError) {
        if isFull(id) { return }
        let (reply, descriptor) = try daemon.ask(
            .open(path: ClientPath.normalise(path), flags: flags.intersection(.all), statedSize: attributes.size))
        guard case .opened(let handle, let kind, let size, let append, let limit, let limitText) = reply,
            let descriptor
        else { return answer(id, reply) }
        switch kind {
        case .upload:
            handles[handle] = .upload(
                Upload(
                    descriptor: descriptor, size: size, statedSize: attributes.size, appends: append, limit: limit,
                    limitText: limitText))
        case .read: handles[handle] = .read(descriptor)
        }
        output.handle(id, handle)
    }

    func write(_ id: UInt32, _ handle: UInt32?, _ offset: UInt64, _ data: UnsafeRawBufferPointer) {
        guard let file = handle.flatMap({ handles[$0] }) else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        guard let handle, case .upload(let upload) = file else {
            return output.status(id, .permissionDenied, Texts.notWritable)
        }
        let start = upload.appends ? upload.extents.end : offset
        let (end, overflow) = start.addingReportingOverflow(UInt64(data.count))
        guard !upload.overflowed, !overflow, end <= upload.limit else {
            upload.overflowed = true
            return output.status(id, .failure, upload.limitText)
        }
        guard upload.extents.hasRoom(for: start..<end) else { return output.status(id, .failure, Texts.tooManyPieces) }
        // Told before, so that the daemon knows of the gap even if this process dies with the write.
        if upload.extents.opensGap(start..<end), !upload.extents.hasGap {
            daemon.tell(.progress(handle: handle, contiguous: upload.extents.contiguous))
        }
        let written = Self.write(data, to: upload.descriptor.raw, at: start)
        let hadGap = upload.extents.hasGap
        upload.extents.insert(start..<start + UInt64(written.count))
        received &+= UInt64(written.count)
        if hadGap, !upload.extents.hasGap { daemon.tell(.progress(handle: handle, contiguous: nil)) }
        switch written.error {
        case 0: output.status(id, .ok)
        case EFBIG:
            upload.overflowed = true
            output.status(id, .failure, upload.limitText)
        case ENOSPC, EDQUOT: output.status(id, .failure, Texts.diskFull)
        default: output.status(id, .failure, Texts.writeFailed)
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
            size = upload.extents.end
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

    func setHandleStatus(
        _ id: UInt32, _ handle: UInt32?, _ attributes: FileAttributes
    ) throws(DaemonLink.LinkError) {
        guard let handle, let file = handles[handle] else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        guard case .upload(let upload) = file else {
            return output.status(id, .permissionDenied, Texts.notWritable)
        }
        if let size = attributes.size {
            upload.statedSize = size
            // A larger size is a promise that later writes keep, or the CLOSE fails; a smaller one cuts the file now.
            if size < upload.extents.end {
                guard ftruncate(upload.descriptor.raw, off_t(clamping: size)) == 0 else {
                    return output.status(id, .failure, Texts.writeFailed)
                }
                let hadGap = upload.extents.hasGap
                upload.extents.truncate(to: size)
                if hadGap, !upload.extents.hasGap { daemon.tell(.progress(handle: handle, contiguous: nil)) }
            }
        }
        if let times = attributes.times { upload.modified = times.modified }
        guard attributes.size != nil || attributes.times != nil else { return output.status(id, .ok) }
        try relay(
            id,
            .setHandleAttributes(handle: handle, size: attributes.size, modified: attributes.times?.modified))
    }

    func synchronise(_ id: UInt32, _ handle: UInt32?) {
        guard case .upload(let upload) = handle.flatMap({ handles[$0] }) else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        output.status(
            id, fsync(upload.descriptor.raw) == 0 ? .ok : .failure, "")
    }

    func close(_ id: UInt32, _ handle: UInt32?) throws(DaemonLink.LinkError) {
        guard let handle, let end = handles.removeValue(forKey: handle).map(Self.end) else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        try relay(id, .close(handle: handle, upload: end))
    }

    /// What the daemon is told at a file's end; nil for what was no upload.
    ///
    /// The descriptor goes with the file: the daemon can't claim one that is still open for writing here.
    private static func end(_ file: consuming FileHandle) -> UploadEnd? {
        guard case .upload(let upload) = file else { return nil }
        return UploadEnd(
            contiguous: upload.extents.contiguous, end: upload.extents.end, statedSize: upload.statedSize,
            overflowed: upload.overflowed)
    }

    /// Gives up what is still open, because the channel closed: uploads stay as partials.
    func abandonAll() throws(DaemonLink.LinkError) {
        for (handle, file) in handles {
            if case .upload(let upload) = file {
                daemon.tell(.progress(handle: handle, contiguous: upload.extents.contiguous))
            }
            _ = try daemon.ask(.close(handle: handle, upload: nil))
        }
        handles.removeAll()
    }

    /// Writes all of the data, as far as it goes; the error is 0 if all was written.
    private static func write(
        _ data: UnsafeRawBufferPointer, to raw: CInt, at start: UInt64
    ) -> (count: Int, error: CInt) {
        var count = 0
        while count < data.count {
            guard let position = off_t(exactly: start + UInt64(count)) else { return (count, EFBIG) }
            let written = pwrite(raw, data.baseAddress.map { $0 + count }, data.count - count, position)
            if written > 0 {
                count += written
            } else if written < 0, errno != EINTR {
                return (count, errno)
            }
        }
        return (count, 0)
    }
}
