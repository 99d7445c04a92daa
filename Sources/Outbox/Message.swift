package import ServiceConfiguration
package import Qualiopi

/// One notification as it goes over the wire (RFC 5322), to one recipient.
///
/// The same message gives the same bytes each time, so that a repeat after a crash is recognised by its Message-ID and
/// is otherwise identical. No value can add a header or end one: whatever is not printable is encoded or becomes a blank.
package struct Message: Sendable, Equatable {
    package var from: Mailbox
    package var replyTo: Mailbox?
    /// An address without a name.
    package var recipient: String
    package var subject: String
    /// Text with `\n` line breaks.
    package var body: String
    /// With or without its angle brackets.
    package var identifier: String
    /// When the notification was queued, not when it goes out.
    package var date: LocalTime
    /// The page on which the recipient asks for no more of these (RFC 2369, 3.2); nil where there is none. It asks to log in and has a
    /// button: RFC 8058's one-click request, which needs neither, is never offered.
    package var unsubscribePage: String?

    package init(
        from: Mailbox, replyTo: Mailbox?, recipient: String, subject: String, body: String, identifier: String,
        date: LocalTime, unsubscribePage: String? = nil
    ) {
        self.from = from
        self.replyTo = replyTo
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.identifier = identifier
        self.date = date
        self.unsubscribePage = unsubscribePage
    }

    /// Headers and body with CRLF line ends, in ASCII, no line over 78 characters but for identifiers and addresses.
    package var bytes: [UInt8] {
        var headers = [
            ("Date", HeaderText.date(date)),
            ("From", HeaderText.mailbox(from)),
            ("To", HeaderText.address(recipient)),
        ]
        if let replyTo { headers.append(("Reply-To", HeaderText.mailbox(replyTo))) }
        headers += [
            ("Subject", HeaderText.unstructured(subject, after: "Subject: ".utf8.count)),
            ("Message-ID", HeaderText.identifier(identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "quoted-printable"),
            ("Content-Language", "fr"),
            // RFC 3834, section 5: no vacation answers, please.
            ("Auto-Submitted", "auto-generated"),
        ]
        if let unsubscribePage { headers.append(("List-Unsubscribe", "<\(HeaderText.address(unsubscribePage))>")) }
        let head = headers.map { "\($0): \($1)\r\n" }.joined()
        return Array(head.utf8) + Array("\r\n".utf8) + QuotedPrintable.encode(body)
    }
}
