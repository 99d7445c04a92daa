/// Which characters are for machines and not for eyes, in three sets, each with its readers.
extension Unicode.Scalar {
    /// C0 and DEL (ISO/IEC 646): what a line of ASCII can't hold.
    package var isASCIIControl: Bool { value < 0x20 || value == 0x7F }

    /// C0, DEL and C1 (ISO/IEC 6429): what could act on a terminal, a settings' line or a mail's header, and has no place in
    /// a file's name, a password or a key's name. Unicode's general category Cc.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    /// Those, and what else ends a line (Unicode UAX #14, BK): none of them may come into a header.
    package var endsHeaderLine: Bool { isControl || self == "\u{2028}" || self == "\u{2029}" }
}
