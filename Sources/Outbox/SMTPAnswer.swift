internal import CLibCurl

/// Tells what follows from a transfer that failed.
///
/// Only an answer to RCPT, DATA or to the message itself is about that message. A refusal of the connection, of STARTTLS, of the login or of the
/// sender is about the server or the settings, and never final: a wrong password or `mail.from` must not cost the mails of the night. MAIL
/// also declares the message's size (RFC 1870), and 552 is about that; 530 and 535 want a login (RFC 4954), whatever they answer.
enum SMTPAnswer {
    /// - Parameters:
    ///   - code: What `curl_easy_perform` gave.
    ///   - status: The server's last code (CURLINFO_RESPONSE_CODE), 0 without one.
    ///   - transfer: How far the message came.
    ///   - text: libcurl's words (CURLOPT_ERRORBUFFER).
    /// - Returns: The failure.
    static func failure(_ code: CURLcode, status: Int, _ transfer: SMTPTransfer, text: String) -> DeliveryFailure {
        let words = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        let said = transfer.refusal.isEmpty ? words : "\(words) (\(transfer.refusal))"
        guard isAboutTheMessage(code, status: status, transfer, words) else {
            return transfer.hasStarted ? .temporary(said) : .unavailable(said)
        }
        return (500...599).contains(status) ? .final(said) : .temporary(said)
    }

    /// libcurl's `smtp.c` gives CURLE_SEND_ERROR when MAIL, RCPT or DATA is refused, and CURLE_WEIRD_SERVER_REPLY
    /// when the message is, but also for a greeting it doesn't like. Its words alone tell MAIL (« MAIL failed: 553 ») from RCPT and DATA.
    private static func isAboutTheMessage(
        _ code: CURLcode, status: Int, _ transfer: SMTPTransfer, _ words: String
    ) -> Bool {
        guard (400...599).contains(status), status != 530, status != 535 else { return false }
        if code == CURLE_SEND_ERROR, words.hasPrefix("MAIL "), status >= 500, status != 552 { return false }
        return code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && transfer.isComplete)
    }
}
