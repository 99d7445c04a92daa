import Glibc
import Testing

@testable import Credentials

@Suite struct PasswordsTests {
    @Test func `a hash is yescrypt, salted, and verifies its password alone`() throws {
        let first = try Passwords.hash("Azerty123!"), second = try Passwords.hash("Azerty123!")
        #expect(first.hasPrefix("$y$"))
        #expect(first != second)
        #expect(Passwords.verify(Array("Azerty123!".utf8), first))
        #expect(!Passwords.verify(Array("Azerty123".utf8), first))
        #expect(!Passwords.verify([], first))
    }

    @Test(arguments: [[], [0x61, 0, 0x62], [UInt8](repeating: 0x61, count: 512)] as [[UInt8]])
    func `unusable passwords are refused and never verified`(password: [UInt8]) throws {
        #expect(throws: PasswordError.unusable) { try Passwords.hash(password) }
        let dummy = try Passwords.makeDummy()
        #expect(!Passwords.verify(password, dummy))
    }

    @Test func `a password cut at a NUL is another password`() throws {
        let hash = try Passwords.hash("Azerty123!")
        #expect(!Passwords.verify(Array("Azerty123!".utf8) + [0], hash))
    }

    @Test(arguments: ["", "*", "!", "$y$", "$6$salt$x", "Azerty123!"])
    func `a damaged hash verifies nothing`(hash: String) {
        #expect(!Passwords.verify(Array("Azerty123!".utf8), hash))
    }

    @Test func `an unknown login costs what a wrong password costs`() throws {
        let hash = try Passwords.hash("Azerty123!"), dummy = try Passwords.makeDummy()
        // The same kind, cost and memory: what stands before the salt.
        #expect(hash.split(separator: "$").prefix(2) == dummy.split(separator: "$").prefix(2))
        // The least of several measures of this thread's own time: other work on the machine only ever adds.
        func cost(_ hash: String) -> Int {
            (0..<5).map { _ in
                let start = threadNanoseconds()
                _ = Passwords.verify(Array("wrong".utf8), hash)
                return threadNanoseconds() - start
            }.min() ?? 0
        }
        let known = cost(hash), unknown = cost(dummy)
        #expect(unknown < known * 2 && known < unknown * 2, "\(known) ns against \(unknown) ns")
    }

    private func threadNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

@Suite struct PasswordPolicyTests {
    typealias Criterion = PasswordPolicy.Criterion

    @Test(
        arguments: [
            ("Abcdefg1", [.special], true),
            ("Abcdef1!", [], true),
            ("abcdefg1", [.uppercase, .special], false),
            ("Abcdef1", [.length, .special], false),
            ("Abcde1!", [.length], false),
            ("abcdef1!", [.uppercase], true),
            ("ABCDEF1!", [.lowercase], true),
            ("Abcdefg!", [.digit], true),
            ("", [.length, .lowercase, .uppercase, .digit, .special], false),
            ("élève Été", [.digit], true),
            ("12345678", [.lowercase, .uppercase, .special], false),
        ] as [(String, [Criterion], Bool)])
    func `each criterion of the manual`(password: String, unmet: [Criterion], accepted: Bool) {
        let assessment = PasswordPolicy.assess(password)
        #expect(assessment.unmet == unmet)
        #expect(assessment.accepted == accepted)
        #expect(assessment.obstacle == nil)
    }

    @Test(arguments: ["Abcdef1!\u{0}", "Abcdef1!\t", "Aa1!" + String(repeating: "é", count: 254)])
    func `what SSH could not carry is refused`(password: String) {
        #expect(!PasswordPolicy.assess(password).accepted)
    }
}
