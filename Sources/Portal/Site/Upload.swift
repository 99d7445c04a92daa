import HTTPTypes
import HummingbirdCore
import LinuxSystem
import NIOCore
import PortalPages
import PortalProtocol
import WebParsing

/// One POST of a file, as it comes: its way from the browser into the descriptor that the daemon gave. Nothing of it is kept here.
struct Upload {
    enum End {
        case answered(Answer)
        /// With the refused deposit that its report is of, if there is one.
        case tooLarge(deposit: UInt64?)
        case noFile
        case severalFiles
        case malformed
        /// The file couldn't be written.
        case storage
        /// The connection ended before the body did.
        case cut
    }

    private struct OpenFile {
        var handle: UInt32
        var descriptor: SharedDescriptor
        var limit: UInt64
        var digest: StreamDigest
        var written: UInt64 = 0
    }

    private let common: CommonAnswers
    private let exchange: Exchange
    private let onlyControl: Bool
    private(set) var fields = FormFields()
    private(set) var limit: UInt64
    private var parser: MultipartParser
    private var open: OpenFile?
    /// The file is whole, as far as the form goes.
    private var isWhole = false

    init(common: CommonAnswers, exchange: Exchange, onlyControl: Bool, parser: MultipartParser) {
        self.common = common
        self.exchange = exchange
        self.onlyControl = onlyControl
        self.parser = parser
        limit = common.settings.welcome.uploadCap
    }

    /// The form's; empty where it has none.
    var key: [UInt8] {
        (try? fields.text("cle")).flatMap { Hexadecimal.decode($0[...], count: PortalBounds.key) } ?? []
    }

    mutating func run() async -> End {
        do {
            while let buffer = try await exchange.body.next() {
                buffer.withUnsafeReadableBytes { parser.append($0) }
                if let end = try await take() { return end }
            }
        } catch MultipartParser.Fault.secondFile {
            return .severalFiles
        } catch is MultipartParser.Fault {
            return .malformed
        } catch is FormFields.Fault {
            return .malformed
        } catch {
            return .cut
        }
        // All has come that was announced, and it is no form: whoever sent it is there to read so.
        guard parser.isComplete else { return .malformed }
        return await finish()
    }

    /// What has arrived so far. Nil to go on.
    private mutating func take() async throws -> End? {
        while let event = try parser.next() {
            switch event {
            case .field(let name, let value):
                try fields.set(name, value)
            case .file(let name):
                if let end = await begin(name) { return end }
            case .data:
                switch write() {
                case .written: break
                case .tooLarge: return await overflow()
                case .failed: return .storage
                case .noFile: return .noFile
                }
            case .fileEnd:
                isWhole = true
            case .end:
                return nil
            }
        }
        return nil
    }

    private mutating func begin(_ name: [UInt8]) async -> End? {
        guard !name.isEmpty else { return .noFile }
        // The fields that say whose it is stand before the file in the form.
        guard !key.isEmpty else { return .malformed }
        guard name.count <= PortalBounds.fileName else {
            return .answered(.refused(text: "Le nom du fichier est trop long."))
        }
        var begin = UploadBegin()
        begin.key = key
        begin.depositor = (try? fields.text("deposant")) ?? ""
        begin.name = name
        begin.onlyControl = onlyControl
        let size = exchange.request.headers[.contentLength].flatMap { UInt64($0) }.flatMap(parser.fileSize(ofBody:))
        begin.size = size ?? 0
        // First: a file that the daemon has opened is one that somebody must end.
        guard let digest = StreamDigest() else { return .storage }
        let reply = await common.backend.ask(.beginUpload(begin), from: exchange.visitor)
        guard case .upload(let opened) = reply.answer, let descriptor = reply.descriptor else {
            return .answered(reply.answer)
        }
        limit = opened.limit
        open = OpenFile(handle: opened.handle, descriptor: descriptor, limit: opened.limit, digest: digest)
        // What says that it is too large is not read; what may follow the file in the body is far less than this.
        if let size, size > opened.limit &+ 65_536 { return await overflow(announced: size) }
        return nil
    }

    private enum Writing { case written, tooLarge, failed, noFile }

    private mutating func write() -> Writing {
        guard var file = open else { return .noFile }
        let end = parser.withData { data -> Writing in
            let (after, overflow) = file.written.addingReportingOverflow(UInt64(data.count))
            guard !overflow, after <= file.limit, let offset = Int64(exactly: file.written) else { return .tooLarge }
            do {
                try FileIO.write(file.descriptor.raw, data, offset: offset)
            } catch {
                return .failed
            }
            file.digest.update(data)
            file.written = after
            return .written
        }
        open = file
        return end
    }

    /// Gives up what is over the limit, and learns which report says so.
    private mutating func overflow(announced: UInt64? = nil) async -> End {
        guard let file = open else { return .noFile }
        open = nil
        var drop = UploadDrop()
        drop.handle = file.handle
        drop.bytes = announced ?? file.written
        drop.overflowed = true
        guard case .outcome(_, let outcome) = await common.ask(.dropUpload(drop), exchange),
            outcome.state == .deposited
        else { return .tooLarge(deposit: nil) }
        return .tooLarge(deposit: outcome.deposit)
    }

    private mutating func finish() async -> End {
        guard let end = close() else { return .noFile }
        return .answered(await common.ask(.endUpload(end), exchange))
    }

    /// Nil unless the file is whole. No reference to the descriptor outlives this: the daemon treats a file that nobody holds open.
    private mutating func close() -> UploadEnd? {
        guard isWhole, let file = open else { return nil }
        open = nil
        var end = UploadEnd()
        end.handle = file.handle
        end.bytes = file.written
        end.sha256 = file.digest.finish()
        return end
    }

    /// Gives up an upload that isn't whole.
    mutating func dropIfOpen() {
        guard let file = open else { return }
        open = nil
        var drop = UploadDrop()
        drop.handle = file.handle
        drop.bytes = file.written
        common.backend.tell(.dropUpload(drop), from: exchange.visitor)
    }
}
