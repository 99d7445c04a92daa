/// The manual's controls: bytes in, findings out.
///
/// Pure: the day, the list of OF and the depositor's former list are arguments, so that the same deposit always gets the same answer. Time
/// and memory are linear in the file's size. Nothing in a file makes it fail: whatever the bytes are, the answer is a verdict.
package enum Validator {
    /// Controls one deposit: name, size, header, then every data line (manual, section 3, « Contrôles du fichier » and « Contrôles des données »).
    ///
    /// `fileName` is the name as received, any bytes. With a wrong header the rows are not read.
    package static func validate(
        fileName: [UInt8], content: UnsafeRawBufferPointer, context: ValidationContext
    ) -> Verdict {
        var controls = FileControls(context)
        controls.name(fileName)
        controls.size(content.count)
        let text = TextEncoding.withoutEndMark(content)
        let survey = ByteSurvey(text)
        let source = Source(bytes: text, encoding: survey.encoding)
        guard let rows = controls.header(source, hasNUL: survey.hasNUL) else { return controls.verdict() }
        guard let reference = context.reference else {
            return validate(source, from: rows, context, nil, &controls)
        }
        return reference.withProbe { validate(source, from: rows, context, $0, &controls) }
    }

    package static func validate(fileName: [UInt8], content: [UInt8], context: ValidationContext) -> Verdict {
        content.withUnsafeBytes { validate(fileName: fileName, content: $0, context: context) }
    }

    /// The verdict on a deposit whose content was given up because it passed the upload's cap: name and size only.
    ///
    /// `size` is how many bytes came, at least.
    package static func refuseOversized(fileName: [UInt8], size: Int, context: ValidationContext) -> Verdict {
        var controls = FileControls(context)
        controls.name(fileName)
        controls.oversized(size)
        return controls.verdict()
    }

    private static func validate(
        _ source: Source, from start: DataStart, _ context: ValidationContext, _ reference: ReferenceProbe?,
        _ file: inout FileControls
    ) -> Verdict {
        let scanner = RowScanner(source.bytes, encoding: source.encoding, emptyColumns: start.emptyColumns)
        var rows = LineControls(scanner, from: start.position, context: context, reference: reference)
        rows.run()
        file.content(rows)
        return file.verdict(rows, Wording(source: source, start: start, context: context))
    }
}

/// The file's bytes and how they are read.
struct Source {
    let bytes: UnsafeRawBufferPointer
    let encoding: TextEncoding

    /// Bytes of a cell in which blanks of other code pages are told from letters: no message shows more.
    private static let mostTold = 65_536

    /// A cell's text in UTF-8, doubled quotes made single.
    ///
    /// - names: it is one of words without « Ê » and « ÿ »: what is one of them is a blank of another code page within a word, too.
    func text(_ cell: Cell, names: Bool = false) -> [UInt8] {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[cell.start..<cell.end])
        var text = Array(raw)
        if encoding == .windows1252 {
            for index in text.indices.prefix(Source.mostTold)
            where ForeignBlank.isByte(text[index]) {
                let position = cell.start + index
                if names ? !ForeignBlank.isFiller(bytes, at: position) : ForeignBlank.isOne(bytes, at: position) {
                    text[index] = 0xA0
                }
            }
        }
        if raw.contains(0x22) {
            var result: [UInt8] = []
            for byte in text where !(byte == 0x22 && result.last == 0x22) { result.append(byte) }
            text = result
        }
        return encoding == .utf8 ? text : encoding.utf8(text)
    }
}

/// Where the data lines start.
struct DataStart {
    let position: Int
    /// Nameless columns that the header has after the eighth; the rows may have them too.
    let emptyColumns: Int
}
