/// Which characters are for machines and not for eyes, in four sets, each with its readers. Pure. Inlinable: the engine asks of each character of
/// thousands of messages, which took an eighth longer by calls (`engine-bench 165000`, « unknown to the list »: 64 ms for 56, two cores, 2026-11-29).
extension Unicode.Scalar {
    /// C0 and DEL (ISO/IEC 646): what a line of ASCII can't hold, nor a field of a form.
    @inlinable package var isASCIIControl: Bool { value < 0x20 || value == 0x7F }

    /// C0, DEL and C1 (ISO/IEC 6429): what could act on a terminal, a settings' line or a mail's header, and has no place in
    /// a file's name, a password, a key's name or a page. Unicode's general category Cc.
    @inlinable package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    /// Those, and what else ends a line (Unicode UAX #14, BK): none of them may come into a header.
    @inlinable package var endsHeaderLine: Bool { isControl || self == "\u{2028}" || self == "\u{2029}" }

    /// Those, and what moves the cursor, turns the text round or leaves nothing to see, blanks apart: it is escaped where people and machines read
    /// what somebody else wrote, and has no place in a name or an address that a person types.
    @inlinable package var isInvisible: Bool {
        if isASCII { return isASCIIControl }
        // Latin, of which most of what isn't ASCII is: C1 and the soft hyphen.
        if value < 0x300 { return value < 0xA0 || value == 0xAD }
        // Dashes, apostrophe, ellipsis: what else is often in a sentence.
        if (0x2010...0x2027).contains(value) { return false }
        // Braille without a dot is a symbol by its category, and blank; what Unicode calls ignorable by default shows nothing, letters (Hangul's fillers)
        // and marks (selectors of variants) among it (UAX #44, Default_Ignorable_Code_Point).
        if value == 0x2800 || properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
        default: return false
        }
    }
}

extension Unicode.Scalar {
    /// What is written over, under or around the character before it, and is nothing to see alone. Unicode's general category M.
    @inlinable package var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}

extension UInt8 {
    /// The same as ``Swift/Unicode/Scalar/isASCIIControl``, of a byte of UTF-8.
    @inlinable package var isASCIIControl: Bool { Unicode.Scalar(self).isASCIIControl }
}
