/// What a text that is no CSV turns out to be: a page, data of another format, what a program said instead of doing its work.
enum ForeignText {
    /// A French sentence's end that says what was found and what to do; nil for a text that may be a CSV's.
    ///
    /// `text` is the file's first line, or any other row of it, in UTF-8.
    static func describe(_ text: [UInt8]) -> String? {
        let start = start(of: text)
        let saveAsCSV = "enregistrer la liste au format « CSV » (séparateur « ; ») avant de la déposer"
        if isMarkup(start) {
            return start.hasPrefix("<?xml")
                ? "est un document XML : \(saveAsCSV)"
                : "est une page web (HTML), une erreur de téléchargement ou d'export sans doute : l'ouvrir pour lire ce qu'elle dit, puis refaire l'export"
        }
        if start.hasPrefix("<") { return "est un document XML : \(saveAsCSV)" }
        if start.hasPrefix("{\\rtf") { return "est un document de traitement de texte (RTF) : \(saveAsCSV)" }
        if isJSON(start) { return "est au format JSON : \(saveAsCSV)" }
        if let known = formats.first(where: { start.hasPrefix($0.start) }) { return "\(known.name) : \(saveAsCSV)" }
        if isErrorMessage(start) {
            return
                "commence par un message d'erreur (« \(DisplayText.escape(text, limit: 60)) ») : l'export a échoué, le refaire"
        }
        return nil
    }

    /// A line of a page.
    static func isMarkup(_ text: [UInt8]) -> Bool { isMarkup(start(of: text)) }

    /// What a database or a program says when something goes wrong.
    static func isErrorMessage(_ text: [UInt8]) -> Bool { isErrorMessage(start(of: text)) }

    /// In lower case, without the blanks and quotes before it; as much as there is to compare.
    private static func start(of text: [UInt8]) -> String {
        let kept = text.prefix(200).drop { $0 == 0x20 || $0 &- 0x09 < 5 || $0 == 0x22 }
        return String(decoding: kept.prefix(64), as: UTF8.self).lowercased()
    }

    private static func isMarkup(_ start: String) -> Bool {
        guard start.hasPrefix("<") else { return false }
        return tags.contains { start.hasPrefix($0) }
    }

    private static let tags = [
        "<!doctype", "<!--", "<?xml", "<html", "</html", "<head", "</head", "<body", "</body", "<br", "<b>", "<p>",
        "<div", "<table",
        "</table", "<tr", "</tr", "<script", "<h1", "<h2", "<pre", "<title", "<meta",
    ]

    private static func isJSON(_ start: String) -> Bool {
        guard let first = start.first, first == "{" || first == "[" else { return false }
        let next = start.dropFirst().first { !$0.isWhitespace }
        return next.map { "\"{[]}".contains($0) } ?? true
    }

    private static let formats: [(start: String, name: String)] = [
        ("%!ps", "est un document PostScript"), ("id;p", "est un classeur au format SYLK"),
        ("-----begin pgp", "est chiffré (PGP)"), ("-----begin ", "est un certificat ou une clé"),
        ("mime-version:", "est un message électronique"), ("return-path:", "est un message électronique"),
        ("received:", "est un message électronique"), ("from:", "est un message électronique"),
        ("http/1.", "est une réponse d'un serveur web"), ("begin:vcard", "est une carte de visite"),
        ("insert into", "est un script SQL"), ("create table", "est un script SQL"), ("select ", "est une requête SQL"),
        ("copy ", "est un script SQL"), ("-- mysql dump", "est un script SQL"), ("-- postgresql", "est un script SQL"),
    ]

    private static func isErrorMessage(_ start: String) -> Bool {
        errors.contains { start.hasPrefix($0) } || start.contains("sqlstate") || start.contains("syntax error")
            || start.contains("error in your sql syntax") || start.contains("exception:")
            || start.contains("exception in ")
            || start.hasPrefix("msg ") && start.contains("level")
    }

    private static let errors = [
        "error:", "error ", "error\t", "[error]", "erreur:", "erreur :", "erreur ", "fatal:", "fatal error", "ora-",
        "sp2-", "pls-",
        "tns-", "sql error", "psql:", "mysql:", "mysqldump:", "sqlplus:", "sqlcmd:", "bash:", "sh:", "/bin/", "curl:",
        "wget:",
        "traceback (", "php warning", "php fatal", "php notice", "php parse", "warning:", "notice:", "access denied",
        "accès refusé",
        "permission denied", "login failed", "connection refused", "connection timed out", "connection to ",
        "could not ",
        "cannot ", "unable to ", "unknown column", "unknown database", "unknown table", "no such file", "no such table",
        "table or view",
        "timeout expired", "request timed out", "out of memory", "java.", "org.postgresql", "org.hibernate",
        "com.mysql",
        "com.microsoft", "403 forbidden", "404 not found", "500 internal", "502 bad", "503 service", "forbidden",
        "unauthorized",
        "internal server error", "segmentation fault", "invalid object name",
    ]
}
