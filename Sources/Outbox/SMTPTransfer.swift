internal import CLibCurl
internal import ServiceConfiguration

/// One message on its way: what libcurl's callbacks read and note.
///
/// `SMTPConnection.send` owns it for the time of one `curl_easy_perform`, which calls back on that thread only.
final class SMTPTransfer {
    private let bytes: [UInt8]
    private var offset = 0
    private let isAbandoned: @Sendable () -> Bool
    /// The lines of the server's last refusal.
    private(set) var refusal = ""

    private static let longestRefusal = 400

    init(bytes: [UInt8], isAbandoned: @escaping @Sendable () -> Bool) {
        self.bytes = bytes
        self.isAbandoned = isAbandoned
    }

    /// The server asked for the message (354).
    var hasStarted: Bool { offset > 0 }
    /// libcurl took all of it.
    var isComplete: Bool { offset == bytes.count }

    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)]))
        }
        offset += count
        return count
    }

    /// Keeps lines of refusals: « 550-… », « 550 … ».
    fileprivate func note(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first, first == UInt8(ascii: "4") || first == UInt8(ascii: "5") else { return }
        let text = String(decoding: line, as: UTF8.self).trimming(" \r\n")
        if !refusal.hasPrefix(text.prefix(3)) { refusal = "" }
        refusal = String((refusal + (refusal.isEmpty ? "" : " ") + text).prefix(SMTPTransfer.longestRefusal))
    }

    fileprivate var mustStop: Bool { isAbandoned() }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> SMTPTransfer? {
    context.map { Unmanaged<SMTPTransfer>.fromOpaque($0).takeUnretainedValue() }
}

/// CURLOPT_READFUNCTION: gives the next bytes of the message; 0 is its end.
func readBody(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let transfer = transfer(context), let buffer else { return 0 }
    return transfer.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size &* count))
}

/// CURLOPT_HEADERFUNCTION: in SMTP, called with each line that the server says.
func noteAnswer(_ line: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    let length = size &* count
    if let line { transfer(context)?.note(UnsafeRawBufferPointer(start: line, count: length)) }
    return length
}

/// CURLOPT_XFERINFOFUNCTION: anything but 0 breaks off the transfer.
func askWhetherToStop(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
    transfer(context)?.mustStop == true ? 1 : 0
}
