internal import CLibCurl

/// A list on its way: what libcurl's callbacks gather.
///
/// `ListDownload.bytes` owns it for the time of one `curl_easy_perform`, which calls back on that thread only.
final class ListTransfer {
    private(set) var bytes: [UInt8] = []
    private(set) var isTooLarge = false
    /// The answer says where it ends, by its length or by chunks: its end is not that of a connection that broke off.
    private(set) var isDelimited = false
    private let limit: Int
    private let progress: (Int, Int) -> Void

    init(limit: Int, progress: @escaping (Int, Int) -> Void) {
        self.limit = limit
        self.progress = progress
    }

    /// False breaks off the transfer.
    fileprivate func take(_ part: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = part.count > limit - bytes.count
        if !isTooLarge { bytes.append(contentsOf: part) }
        return !isTooLarge
    }

    /// Takes a line of an answer's head; each answer on the way begins with its status.
    fileprivate func note(_ line: String) {
        let words = line.lowercased()
        if words.hasPrefix("http/") { isDelimited = words.hasPrefix("http/2") || words.hasPrefix("http/3") }
        if words.hasPrefix("content-length:") || (words.hasPrefix("transfer-encoding:") && words.contains("chunked")) {
            isDelimited = true
        }
    }

    fileprivate func show(total: curl_off_t) { progress(bytes.count, Int(clamping: total)) }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> ListTransfer? {
    context.map { Unmanaged<ListTransfer>.fromOpaque($0).takeUnretainedValue() }
}

/// CURLOPT_WRITEFUNCTION: anything but the number of bytes breaks off the transfer.
func takeBytes(_ part: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    let length = size &* count
    guard let transfer = transfer(context), let part else { return length == 0 ? 0 : -1 }
    return transfer.take(UnsafeRawBufferPointer(start: part, count: length)) ? length : -1
}

/// CURLOPT_HEADERFUNCTION: called with each line of the answers' heads.
func noteHeader(_ line: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    let length = size &* count
    if let line {
        transfer(context)?.note(String(decoding: UnsafeRawBufferPointer(start: line, count: length), as: UTF8.self))
    }
    return length
}

/// CURLOPT_XFERINFOFUNCTION.
func showProgress(
    _ context: UnsafeMutableRawPointer?, _ total: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
    transfer(context)?.show(total: total)
    return 0
}
