internal import CLibCurl
internal import Foundation

/// Fetches an OF list, over libcurl: the whole of it within bounds of size and time, or an error.
///
/// Called by `collecteur reference fetch`. Blocks the calling thread. Nothing is written. Failures: the address, the server, its
/// certificate, the size and the time are told apart by what is thrown, in words for an operator.
/// Certificate and name of the server are verified, redirections followed to https alone. What is fetched stays in
/// memory: judging it and putting it in force is the caller's. A proxy is taken from the environment (`https_proxy`), as for other programs.
package struct ListDownload {
    /// Bounds of one download.
    package struct Limits: Sendable {
        /// Bytes; the public list has 38 MB.
        package var bytes = 256 << 20
        /// For everything, redirections included.
        package var seconds = 900

        package init() {}
    }

    private static let redirections = 5
    private static let connectSeconds = 30
    /// A connection that brings less than a byte a second for so long is given up.
    private static let stallSeconds = 60

    private let address: ListAddress
    private let limits: Limits
    private let authorities: [UInt8]?
    private let agent: String

    /// - Parameters:
    ///   - address: Where the list is.
    ///   - limits: Bounds.
    ///   - authorities: Certificates in PEM that are trusted instead of the system's.
    ///   - agent: What the server is told of who asks.
    package init(from address: ListAddress, limits: Limits, authorities: [UInt8]?, agent: String) {
        self.address = address
        self.limits = limits
        self.authorities = authorities
        self.agent = agent
    }

    /// `curl_global_init` must come before anything else and is not thread safe; a static is initialised once.
    private static let isReady = curl_global_init(3) == CURLE_OK

    /// Fetches it; `progress` is called on the same thread with the bytes so far and in all, 0 where the server doesn't say.
    package func bytes(progress: @escaping (_ done: Int, _ of: Int) -> Void) throws(ListDownloadError) -> [UInt8] {
        guard ListDownload.isReady, let handle = curl_easy_init() else {
            throw .failed("libcurl can't be initialised")
        }
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer {
            // The buffer outlives the handle, which may still report into it.
            curl_easy_cleanup(handle)
            errorText.deallocate()
        }
        let transfer = ListTransfer(limit: limits.bytes, progress: progress)
        let code = withExtendedLifetime(transfer) {
            let context = Unmanaged.passUnretained(transfer).toOpaque()
            let refused = set(handle, context, errorText).first { $0 != CURLE_OK }
            return refused ?? curl_easy_perform(handle)
        }
        var status = 0
        _ = collecteur_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        if transfer.isTooLarge || code == CURLE_FILESIZE_EXCEEDED {
            throw .failed("more than \(limits.bytes >> 20) MiB: that is no OF list")
        }
        if code == CURLE_HTTP_RETURNED_ERROR || (code == CURLE_OK && status != 200) {
            throw .failed("the server answers with status \(status)")
        }
        guard code == CURLE_OK else {
            let words = String(cString: errorText)
            throw .failed(words.isEmpty ? String(cString: curl_easy_strerror(code)) : words)
        }
        // libcurl takes the end of such a connection for the end of the answer, TLS's farewell or not.
        guard transfer.isDelimited else {
            throw .failed(
                "the server doesn't say where the list ends, so that a cut one could not be told from a whole one")
        }
        return transfer.bytes
    }

    private func set(
        _ handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer, _ errorText: UnsafeMutablePointer<CChar>
    ) -> [CURLcode] {
        func set(_ option: CURLoption, _ value: Int) -> CURLcode { collecteur_curl_set_long(handle, option, value) }
        func set(_ option: CURLoption, _ value: String) -> CURLcode {
            collecteur_curl_set_string(handle, option, value)
        }
        var codes = [
            collecteur_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText),
            set(CURLOPT_URL, address.text),
            set(CURLOPT_PROTOCOLS_STR, "https"),
            set(CURLOPT_REDIR_PROTOCOLS_STR, "https"),
            set(CURLOPT_FOLLOWLOCATION, 1),
            set(CURLOPT_MAXREDIRS, ListDownload.redirections),
            set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            set(CURLOPT_FAILONERROR, 1),
            set(CURLOPT_USERAGENT, agent),
            // No SIGALRM for time limits: the process may have threads.
            set(CURLOPT_NOSIGNAL, 1),
            set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            set(CURLOPT_SSL_VERIFYPEER, 1),
            set(CURLOPT_SSL_VERIFYHOST, 2),
            set(CURLOPT_CONNECTTIMEOUT, ListDownload.connectSeconds),
            set(CURLOPT_TIMEOUT, limits.seconds),
            set(CURLOPT_LOW_SPEED_LIMIT, 1),
            set(CURLOPT_LOW_SPEED_TIME, ListDownload.stallSeconds),
            // What the server announces; what it sends is counted by the transfer.
            set(CURLOPT_MAXFILESIZE, limits.bytes),
            set(CURLOPT_NOPROGRESS, 0),
            collecteur_curl_set_callback(handle, CURLOPT_WRITEFUNCTION, takeBytes),
            collecteur_curl_set_pointer(handle, CURLOPT_WRITEDATA, context),
            collecteur_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, noteHeader),
            collecteur_curl_set_pointer(handle, CURLOPT_HEADERDATA, context),
            collecteur_curl_set_progress(handle, showProgress),
            collecteur_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context),
        ]
        if let authorities { codes.append(trust(authorities, handle)) }
        return codes
    }

    /// Trusts these certificates and no others.
    private func trust(_ authorities: [UInt8], _ handle: UnsafeMutableRawPointer) -> CURLcode {
        var authorities = authorities
        return authorities.withUnsafeMutableBytes { buffer in
            // libcurl copies the bytes.
            var blob = curl_blob(data: buffer.baseAddress, len: buffer.count, flags: 1)
            let noFolder = collecteur_curl_set_pointer(handle, CURLOPT_CAPATH, nil)
            return noFolder != CURLE_OK ? noFolder : collecteur_curl_set_pointer(handle, CURLOPT_CAINFO_BLOB, &blob)
        }
    }
}
