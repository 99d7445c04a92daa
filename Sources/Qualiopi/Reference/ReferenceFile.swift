/// Reads a file with the OF list: `NDA;SIREN[;ndaPrecedents]`, or the « Liste publique des Organismes de Formation » in all
/// the forms in which it was ever published.
///
/// Row by row, with a fresh start at each line: a stray quote costs at most the row it is in, and even that row's NDA and SIREN are looked for,
/// because an organisation that is missing here has its line rejected at its certifier.
package enum ReferenceFile {
    /// Reads the whole file.
    ///
    /// - Parameters:
    ///   - file: The file's bytes; UTF-8, or else taken for Windows-1252.
    ///   - progress: Called with the number of bytes read so far, about once a mebibyte, and at the end.
    /// - Returns: The organisations in the file's order, and what was odd; no rows at all is not an error here.
    /// - Throws: ``ReferenceFileError`` when this is no such file.
    package static func read(
        _ file: UnsafeRawBufferPointer, progress: ((Int) -> Void)? = nil
    ) throws(ReferenceFileError) -> ReferenceReading {
        let bytes = UnsafeRawBufferPointer(rebasing: file.prefix(textCount(file)))
        if let found = foreignFormat(bytes) { throw .notText(found) }
        guard bytes.contains(where: { !CellText.isBlank($0) }) else { throw .empty }
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let isUTF8 = isValidUTF8(bytes)
        let header = try ReferenceFileHeader(bytes, from: mark ? 3 : 0, isUTF8: isUTF8)
        var reader = ReferenceFileReader(bytes: bytes, header: header)
        reader.reading.encoding = !isUTF8 ? .windows1252 : mark ? .utf8WithMark : .utf8
        reader.readRows(progress: progress)
        return reader.finish()
    }

    /// The same for bytes in an array.
    package static func read(_ bytes: [UInt8]) throws(ReferenceFileError) -> ReferenceReading {
        // `withUnsafeBytes` rethrows untyped errors: the result crosses it as a value.
        try bytes.withUnsafeBytes { buffer -> Result<ReferenceReading, ReferenceFileError> in
            do throws(ReferenceFileError) { return .success(try read(buffer)) } catch { return .failure(error) }
        }.get()
    }

    /// What a file is that is plainly something other than text in one byte per ASCII character.
    private static func foreignFormat(_ bytes: UnsafeRawBufferPointer) -> String? {
        let signatures: [(start: [UInt8], name: String)] = [
            ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or a spreadsheet (.xlsx, .ods)"),
            ([0xD0, 0xCF, 0x11, 0xE0], "an Excel spreadsheet (.xls)"),
            ([0x1F, 0x8B], "compressed with gzip"),
            ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
            ([0xFF, 0xFE], "text in UTF-16"),
            ([0xFE, 0xFF], "text in UTF-16"),
        ]
        if let known = signatures.first(where: { bytes.starts(with: $0.start) }) { return known.name }
        return bytes.prefix(4096).contains(0) ? "not text (it has NUL bytes)" : nil
    }

    /// The bytes before the 0x1A that old programs write at the end of a text.
    private static func textCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        var count = bytes.count
        while count > 0, bytes[count - 1] == 0x1A { count -= 1 }
        return count
    }

    /// A file that was cut in the middle of its last character is still UTF-8.
    private static func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        func isValid(_ count: Int) -> Bool {
            let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
            return (try? UTF8Span(validating: part.bindMemory(to: UInt8.self).span)) != nil
        }
        if isValid(bytes.count) { return true }
        guard let lead = bytes.suffix(3).lastIndex(where: { $0 >= 0xC2 && $0 < 0xF5 }) else { return false }
        let length = bytes[lead] < 0xE0 ? 2 : bytes[lead] < 0xF0 ? 3 : 4
        let isCut = bytes.count - lead < length && bytes[(lead + 1)...].allSatisfy { $0 & 0xC0 == 0x80 }
        return isCut && isValid(lead)
    }
}
