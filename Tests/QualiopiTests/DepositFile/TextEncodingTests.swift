import Foundation
import Testing

@testable import Qualiopi

@Suite struct TextEncodingTests {
    @Test(arguments: UInt8.min...UInt8.max)
    func `each byte of Windows-1252 is its character in UTF-8`(_ byte: UInt8) {
        let undefined: [UInt8] = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
        let expected =
            undefined.contains(byte)
            ? String(Unicode.Scalar(byte)) : String(data: Data([byte]), encoding: .windowsCP1252)
        #expect(String(decoding: TextEncoding.windows1252.utf8([byte]), as: UTF8.self) == expected)
    }

    private static let texts: [([UInt8], TextEncoding)] = [
        ([], .utf8), ([0x41], .utf8), (Array("é€𝄞".utf8), .utf8), ([0x41, 0xE9], .windows1252),
        // Both sides of each bound of RFC 3629, section 4; at the start, and after eight bytes of ASCII.
        ([0xC1, 0xBF], .windows1252), ([0xC2, 0x80], .utf8), ([0xDF, 0xBF], .utf8), ([0xC2, 0x7F], .windows1252),
        ([0xC2, 0xC0], .windows1252), ([0xC2], .windows1252),
        ([0xE0, 0x9F, 0xBF], .windows1252), ([0xE0, 0xA0, 0x80], .utf8), ([0xE2, 0x80], .windows1252),
        ([0xED, 0x9F, 0xBF], .utf8), ([0xED, 0xA0, 0x80], .windows1252), ([0xEE, 0x80, 0x80], .utf8),
        ([0xF0, 0x8F, 0xBF, 0xBF], .windows1252), ([0xF0, 0x90, 0x80, 0x80], .utf8),
        ([0xF0, 0x90, 0x80], .windows1252),
        ([0xF4, 0x8F, 0xBF, 0xBF], .utf8), ([0xF4, 0x90, 0x80, 0x80], .windows1252),
        ([0xF5, 0x80, 0x80, 0x80], .windows1252), ([0x80], .windows1252), ([0xFF], .windows1252),
    ]

    @Test(arguments: texts)
    func `a file is UTF-8 if all of it is`(_ bytes: [UInt8], _ expected: TextEncoding) {
        for before in [0, 1, 7, 8, 9] {
            let file = Array(repeating: UInt8(0x61), count: before) + bytes
            #expect(file.withUnsafeBytes { ByteSurvey($0).encoding } == expected)
            let longer = file + Array(repeating: 0x61, count: 9)
            #expect(longer.withUnsafeBytes { ByteSurvey($0).encoding } == expected)
            #expect(file.withUnsafeBytes { !ByteSurvey($0).hasNUL })
            #expect((file + [0]).withUnsafeBytes { ByteSurvey($0).hasNUL })
            #expect((file + [0] + longer).withUnsafeBytes { ByteSurvey($0).hasNUL })
        }
    }

    @Test func `a line as long as the file is read in part for its message`() throws {
        let deposit = Deposit()
        for byte in [0x78, 0xE9, 0x3B] as [UInt8] {
            let line = [UInt8](repeating: byte, count: 1_000_000)
            let header = try #require(deposit.verdict(of: line).findings.first)
            #expect(header.rule == "fichier.entete")
            #expect(header.message.utf8.count < 500 && (header.value?.utf8.count ?? 0) < 1000)
            let row = try #require(
                deposit.verdict(of: Array("\(Deposit.header)\n".utf8) + line + [0x78]).findings.first)
            #expect(row.rule == "ligne.colonnes")
            #expect(row.message.utf8.count < 500 && (row.value?.utf8.count ?? 0) < 1000)
        }
    }
}
