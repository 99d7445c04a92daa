internal import CLibCurl
package import OutboxStore
package import ServiceConfiguration
internal import Glibc
import Store

/// Messages handed to a mail server, over libcurl.
///
/// A connection stays open from one message to the next until ``rest()``. With `tls: required` and with `smtps` nothing, not even the
/// login, is said before the server's certificate and name are checked; `opportunistic` uses STARTTLS where it is offered, and checks as much.
/// Crash safety: none needed; a message is marked as sent after the server took it, so a crash in between repeats it under the same Message-ID.
/// Failures: see ``DeliveryFailure``; what libcurl and the server say is sorted in `SMTPAnswer.swift`.
package final class SMTPCarrier: MailCarrier {
    package let delivered = OutboxMail.State.sent
    /// Seconds before a silent server is given up.
    package struct Patience: Sendable {
        package var connect = 30
        /// For one answer; RFC 5321, section 4.5.3.2, allows minutes.
        package var answer = 180
        /// For a whole message.
        package var message = 600

        package init() {}
    }

    private let settings: Settings.Mail
    private let patience: Patience
    private let isAbandoned: @Sendable () -> Bool
    private var connection: SMTPConnection?

    /// - Parameters:
    ///   - settings: The server, how to reach it and the sender.
    ///   - patience: Time limits.
    ///   - isAbandoned: Asked about once a second; true breaks off what is under way.
    package init(
        settings: Settings.Mail, patience: Patience = Patience(),
        isAbandoned: @escaping @Sendable () -> Bool = { false }
    ) {
        self.settings = settings
        self.patience = patience
        self.isAbandoned = isAbandoned
    }

    package func deliver(_ message: Message, name: String) throws(DeliveryFailure) {
        guard Mailbox.isAddress(message.recipient) else { throw .final("the recipient is not an e-mail address") }
        let open: SMTPConnection
        if let connection { open = connection } else { open = try SMTPConnection(settings, patience) }
        connection = nil
        // Kept only after a success or a final refusal: whatever else happened, the next message starts afresh.
        do throws(DeliveryFailure) {
            try open.send(message.bytes, from: message.from.address, to: message.recipient, isAbandoned)
            connection = open
        } catch .final(let text) {
            connection = open
            throw .final(text)
        }
    }

    package func rest() { connection = nil }
}

/// A libcurl handle set up for one mail server, with the connection it keeps. The owner of the handle: freed in `deinit`,
/// which also takes leave of the server (QUIT).
///
/// libcurl handles belong to one thread at a time: hence not `Sendable`.
private final class SMTPConnection {
    private let handle: UnsafeMutableRawPointer
    /// CURLOPT_ERRORBUFFER: libcurl writes to it as long as the handle lives.
    private let errorText: UnsafeMutablePointer<CChar>
    /// The last transfer failed.
    private var isBroken = false

    /// `curl_global_init` must come before anything else and is not thread safe; a static is initialised once.
    private static let isReady = curl_global_init(3) == CURLE_OK

    init(_ settings: Settings.Mail, _ patience: SMTPCarrier.Patience) throws(DeliveryFailure) {
        let password = try settings.username.isEmpty ? nil : SecretFile.read(settings.passwordFile)
        guard SMTPConnection.isReady, let handle = curl_easy_init() else {
            throw .unavailable("libcurl can't be initialised")
        }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        let security =
            switch settings.tls {
            case .required: CURLUSESSL_ALL
            case .opportunistic: CURLUSESSL_TRY
            case .none: CURLUSESSL_NONE
            }
        var codes = [
            collecteur_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText),
            set(CURLOPT_URL, settings.url),
            set(CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            // The environment of the service must not send mails elsewhere.
            set(CURLOPT_PROXY, ""),
            // No SIGALRM for time limits: the process has threads.
            set(CURLOPT_NOSIGNAL, 1),
            set(CURLOPT_UPLOAD, 1),
            set(CURLOPT_NOPROGRESS, 0),
            set(CURLOPT_USE_SSL, Int(security.rawValue)),
            set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            set(CURLOPT_SSL_VERIFYPEER, 1),
            set(CURLOPT_SSL_VERIFYHOST, 2),
            set(CURLOPT_CONNECTTIMEOUT, patience.connect),
            set(CURLOPT_SERVER_RESPONSE_TIMEOUT, patience.answer),
            set(CURLOPT_TIMEOUT, patience.message),
            collecteur_curl_set_callback(handle, CURLOPT_READFUNCTION, readBody),
            collecteur_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, noteAnswer),
            collecteur_curl_set_progress(handle, askWhetherToStop),
        ]
        if !settings.caFile.isEmpty { codes.append(set(CURLOPT_CAINFO, settings.caFile)) }
        if let password {
            codes += [set(CURLOPT_USERNAME, settings.username), set(CURLOPT_PASSWORD, password)]
        }
        if let failed = codes.first(where: { $0 != CURLE_OK }) {
            throw .unavailable("libcurl: \(String(cString: curl_easy_strerror(failed)))")
        }
    }

    deinit {
        endConversation()
        // The buffer outlives the handle, which may still report into it while it says QUIT.
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// Keeps `curl_easy_cleanup` from waiting up to two minutes for the answer to its QUIT: the server finds the QUIT, or, after a transfer that
    /// was broken off, the end of the connection.
    private func endConversation() {
        var socket = -1
        // -1 unless the connection is still open, and thus the descriptor still libcurl's.
        guard collecteur_curl_get_long(handle, CURLINFO_LASTSOCKET, &socket) == CURLE_OK, socket >= 0 else { return }
        shutdown(CInt(truncatingIfNeeded: socket), CInt(isBroken ? SHUT_RDWR : SHUT_RD))
    }

    /// Sends one message; returns when the server has taken it.
    func send(
        _ bytes: [UInt8], from sender: String, to recipient: String, _ isAbandoned: @escaping @Sendable () -> Bool
    ) throws(DeliveryFailure) {
        let transfer = SMTPTransfer(bytes: bytes, isAbandoned: isAbandoned)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        // libcurl keeps the list's address, not a copy: it is freed after the transfer.
        let recipients = curl_slist_append(nil, recipient)
        defer { curl_slist_free_all(recipients) }
        let codes = [
            collecteur_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            set(CURLOPT_MAIL_FROM, sender),
            set(CURLOPT_INFILESIZE, bytes.count),
            collecteur_curl_set_pointer(handle, CURLOPT_READDATA, context),
            collecteur_curl_set_pointer(handle, CURLOPT_HEADERDATA, context),
            collecteur_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context),
        ]
        guard recipients != nil, codes.allSatisfy({ $0 == CURLE_OK }) else { throw .unavailable("libcurl: no memory") }
        errorText.pointee = 0
        let code = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
        // The next transfer sets its own; none of these may outlive this one's objects.
        _ = collecteur_curl_set_list(handle, CURLOPT_MAIL_RCPT, nil)
        for option in [CURLOPT_READDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA] {
            _ = collecteur_curl_set_pointer(handle, option, nil)
        }
        isBroken = code != CURLE_OK
        guard isBroken else { return }
        var status = 0
        _ = collecteur_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        throw SMTPAnswer.failure(code, status: status, transfer, text: String(cString: errorText))
    }

    private func set(_ option: CURLoption, _ value: Int) -> CURLcode {
        collecteur_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) -> CURLcode {
        collecteur_curl_set_string(handle, option, value)
    }
}

@available(*, unavailable) extension SMTPConnection: Sendable {}
