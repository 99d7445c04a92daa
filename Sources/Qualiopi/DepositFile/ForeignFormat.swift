/// What a file that is no text in one byte a character turns out to be.
///
/// Source: the formats' signatures, as in the table of magic numbers of file(1).
enum ForeignFormat {
    /// A French sentence's end that says what was found and what to do; nil for a file that may be a CSV.
    static func describe(_ bytes: UnsafeRawBufferPointer, hasNUL: Bool) -> String? {
        if let found = describeBinary(bytes) { return found }
        if let wide = WideText(bytes) { return "est encodé en \(wide.name) : l'enregistrer au format « CSV UTF-8 »" }
        guard hasNUL else { return nil }
        let line = lineOfFirstNUL(bytes)
        return
            "contient un octet nul (ligne \(line)) : ce n'est pas un fichier CSV, ou il a été endommagé (refaire l'export et le déposer de nouveau)"
    }

    /// The same of what is no text at all, of which nothing can be shown.
    static func describeBinary(_ bytes: UnsafeRawBufferPointer) -> String? {
        func starts(_ signature: [UInt8]) -> Bool { bytes.starts(with: signature) }
        /// At the place where the first entry of an archive has its name and, uncompressed, its text.
        func contains(_ text: String) -> Bool { String(decoding: bytes.prefix(128), as: UTF8.self).contains(text) }
        let saveAsCSV = "l'enregistrer au format « CSV » (séparateur « ; ») avant de le déposer"
        if starts([0x50, 0x4B, 0x03, 0x04]), contains("application/vnd.oasis.opendocument") {
            return "est un classeur LibreOffice (.ods) : \(saveAsCSV)"
        }
        if starts([0x50, 0x4B, 0x03, 0x04]) || starts([0x50, 0x4B, 0x05, 0x06]) {
            return "est un classeur de tableur (.xlsx ou .ods) ou une archive ZIP : \(saveAsCSV)"
        }
        if starts([0xD0, 0xCF, 0x11, 0xE0]) { return "est un ancien classeur Excel (.xls) : \(saveAsCSV)" }
        if starts(Array("%PDF".utf8)) { return "est un document PDF : \(saveAsCSV)" }
        if starts([0x1F, 0x8B]) { return "est compressé (gzip) : déposer le fichier CSV lui-même" }
        if let archive = archives.first(where: { starts($0.start) }) {
            return "est compressé (\(archive.name)) : déposer le fichier CSV lui-même"
        }
        if starts([0x00, 0x05, 0x16, 0x07]) {
            return "est un fichier caché de macOS (son nom commence par « ._ ») : déposer le fichier CSV lui-même"
        }
        if starts([0x89, 0x50, 0x4E, 0x47]) || starts([0xFF, 0xD8, 0xFF]) || starts(Array("GIF8".utf8)) {
            return "est une image : \(saveAsCSV)"
        }
        if starts(Array("SQLite format 3".utf8)) { return "est une base de données SQLite : \(saveAsCSV)" }
        if starts(Array("PAR1".utf8)) { return "est au format Parquet : \(saveAsCSV)" }
        return nil
    }

    private static let archives: [(start: [UInt8], name: String)] = [
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"),
        (Array("Rar!".utf8), "RAR"), (Array("BZh".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard"),
    ]

    private static func lineOfFirstNUL(_ bytes: UnsafeRawBufferPointer) -> Int {
        var line = 1
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0 { break }
            if byte == 0x0D || byte == 0x0A && previous != 0x0D { line += 1 }
            previous = byte
        }
        return line
    }
}
