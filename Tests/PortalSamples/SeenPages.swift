import Glibc

/// The pages that tests see, for the Nu Html Checker: `make test` names a folder, and has all that lies there checked by one start of it.
package enum SeenPages {
    private static let folder = getenv("COLLECTEUR_TEST_PAGES").map { String(cString: $0) }

    /// Keeps a page under a name made of its address and its content, where there is a folder.
    package static func keep(_ page: some Sequence<UInt8>, of address: String) {
        guard let folder, !folder.isEmpty else { return }
        let bytes = Array(page)
        // FNV-1a.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let path = address.prefix { $0 != "?" }.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let name = "\(folder)/page\(String(path.prefix(60)))-\(String(hash, radix: 16)).html"
        guard let file = fopen(name, "w") else { return }
        defer { fclose(file) }
        _ = fwrite(bytes, 1, bytes.count, file)
    }
}

extension String {
    /// As it is compared with what is written in a test: a page has no-break spaces where French demands them.
    package var withPlainSpaces: String { replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ") }
}
