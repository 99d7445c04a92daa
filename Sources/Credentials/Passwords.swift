internal import CLibCrypt
internal import Glibc

/// Why a password could not be hashed.
package enum PasswordError: Error, Equatable {
    /// The password is empty, has a NUL, or is longer than ``PasswordPolicy/maximumBytes``.
    case unusable
    /// libxcrypt refused, or the kernel gave no random bytes.
    case failed(errno: CInt)
}

/// Password hashes: yescrypt by libxcrypt (`crypt_rn`, prefix `$y$`).
///
/// A hash takes tens of milliseconds and 16 MiB on purpose: call it on a thread that is there for that (`FairPool`), never from a thread that
/// serves sessions. Hashes and passwords are never logged.
package enum Passwords {
    /// yescrypt's cost, 1 to 11: libxcrypt's default of 5 is N=4096, r=32, thus 16 MiB a hash.
    private static let cost: UInt = 5
    private static let dataSize = 32_768

    /// A new hash with a random salt.
    package static func hash(_ password: [UInt8]) throws(PasswordError) -> String {
        guard isUsable(password), !password.isEmpty else { throw .unusable }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        // With no random bytes given, libxcrypt takes them from the kernel.
        guard crypt_gensalt_rn("$y$", cost, nil, 0, &setting, CInt(setting.count)) != nil else {
            throw .failed(errno: currentErrno())
        }
        let settingText = text(setting)
        guard let hash = crypt(password, setting: settingText), hash.hasPrefix("$y$") else {
            throw .failed(errno: currentErrno())
        }
        return hash
    }

    /// A new hash of a text, as an operator typed it.
    package static func hash(_ password: String) throws(PasswordError) -> String {
        try hash([UInt8](password.utf8))
    }

    /// Whether a password has that hash. The comparison takes the same time wherever they differ.
    package static func verify(_ password: [UInt8], _ hash: String) -> Bool {
        // Unusable passwords cost as much as others: the time must not tell which login exists.
        let usable = isUsable(password) && !password.isEmpty
        guard let computed = crypt(usable ? password : [0x78], setting: hash) else { return false }
        return equal(computed, hash) && usable
    }

    /// A hash that no password has, of the same cost as every other: unknown logins are verified against it, so that
    /// they take as long to refuse as a wrong password.
    ///
    /// - Throws: `failed` of ``PasswordError``: then no other hash could be made either.
    package static func makeDummy() throws(PasswordError) -> String {
        var generator = SystemRandomNumberGenerator()
        return try hash((0..<32).map { _ in UInt8.random(in: 1...255, using: &generator) })
    }

    private static func isUsable(_ password: [UInt8]) -> Bool {
        password.count <= PasswordPolicy.maximumBytes && !password.contains(0)
    }

    private static func crypt(_ password: [UInt8], setting: String) -> String? {
        // crypt_data's arrays are too long for Swift to import: its size is part of libxcrypt's interface, 32 KiB.
        let data = UnsafeMutableRawPointer.allocate(byteCount: dataSize, alignment: 16)
        defer {
            explicit_bzero(data, dataSize)
            data.deallocate()
        }
        explicit_bzero(data, dataSize)
        var phrase = password.map { CChar(bitPattern: $0) } + [0]
        defer {
            phrase.withUnsafeMutableBytes { buffer in
                if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
            }
        }
        // crypt_rn returns nil for a setting it doesn't know, and never the setting itself.
        guard let result = crypt_rn(phrase, setting, data, CInt(dataSize)) else { return nil }
        return String(cString: result)
    }

    private static func equal(_ left: String, _ right: String) -> Bool {
        let a = Array(left.utf8), b = Array(right.utf8)
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func currentErrno() -> CInt { errno }
}
