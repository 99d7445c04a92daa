internal import Credentials
internal import Foundation

/// How a password comes in: typed twice without echo, from standard input, or made up. Never as an argument.
package enum Passphrase {
    /// A new password that meets the manual's policy.
    ///
    /// - Throws: ``Failure`` of kind `refused` that names each criterion that is not met.
    package static func new(_ options: PasswordOptions) throws -> String {
        if options.generate { return generated() }
        guard !options.passwordStdin else {
            guard let line = readLine(strippingNewline: true) else {
                throw Failure.input("no password on standard input")
            }
            return try accepted(line)
        }
        guard Terminal.isInput, Terminal.isError else {
            throw Failure.usage("no terminal to ask for the password on: use --password-stdin or --generate")
        }
        return try typed()
    }

    private static func typed() throws -> String {
        for _ in 1...3 {
            let first = try Keyboard.secret("Password: ")
            let assessment = PasswordPolicy.assess(first)
            for criterion in PasswordPolicy.Criterion.allCases {
                Terminal.note("  \(assessment.unmet.contains(criterion) ? "✗" : "✓") \(criterion.text)")
            }
            guard assessment.accepted else {
                Terminal.note(complaint(assessment))
                continue
            }
            if try Keyboard.secret("The same again: ") == first { return first }
            Terminal.note("the two passwords differ")
        }
        throw Failure.refused("no usable password after three tries; nothing was changed")
    }

    private static func accepted(_ password: String) throws -> String {
        let assessment = PasswordPolicy.assess(password)
        guard assessment.accepted else { throw Failure.refused(complaint(assessment)) }
        return password
    }

    private static func complaint(_ assessment: PasswordPolicy.Assessment) -> String {
        if let obstacle = assessment.obstacle { return "the password is refused: \(obstacle)" }
        let missing = assessment.unmet.map(\.text).joined(separator: ", ")
        return "the password is refused: it must have at least 8 characters and 3 of the 4 kinds; missing: \(missing)"
    }

    /// Four groups of five letters and digits that can't be mistaken for one another: about 115 bits.
    private static func generated() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        var random = SystemRandomNumberGenerator()
        while true {
            let groups = (1...4).map { _ in
                String((1...5).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
            }
            let password = groups.joined(separator: "-")
            if PasswordPolicy.assess(password).unmet.isEmpty { return password }
        }
    }
}

/// The terminal with its echo off.
private enum Keyboard {
    /// A line typed without echo. The terminal is put back whatever happens, Ctrl-C included: the keys that make
    /// signals arrive as characters meanwhile.
    package static func secret(_ prompt: String) throws -> String {
        var before = termios()
        guard tcgetattr(0, &before) == 0 else { throw Failure.failed("cannot turn the terminal's echo off") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(0, TCSAFLUSH, &silent) == 0 else { throw Failure.failed("cannot turn the terminal's echo off") }
        // Only now: what is typed at the prompt must neither be shown nor be flushed away.
        FileHandle.standardError.write(Data(prompt.utf8))
        defer {
            tcsetattr(0, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw Failure.refused("nothing was changed") }
            switch byte {
            case 0x0a, 0x0d: return String(decoding: line, as: UTF8.self)
            case 0x03, 0x04, 0x1c: throw Failure.refused("nothing was changed")
            case 0x08, 0x7f:
                while let last = line.popLast(), last & 0xc0 == 0x80 {}
            case 0x15: line = []
            default: line.append(byte)
            }
        }
    }
}
