import CLinux
import Glibc

// Proof: a session has one thread, and so has its template.
nonisolated(unsafe) let intruder = Intruder()

/// Looks for pieces of keys in the memory of its process.
final class Intruder {
    private struct Needle {
        let name: String
        /// Every byte changed: what is looked for must not be found here.
        let masked: [UInt8]
    }

    private static let mask: UInt8 = 0xA5
    private static let page = 4096
    /// As far below and above what was mapped at the start as a process with 64 MiB of memory can have got since.
    private static let margin = 128 << 20

    /// Whether the process is a session: its template tries libssh out before it is confined.
    var isInside: Bool { getpid() != start }

    private let start = getpid()
    private var needles: [Needle] = []
    private var mapped: [Range<Int>] = []

    /// While files can still be read.
    func prepare() {
        let folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for line in lines("\(folder.joined(separator: "/"))/needles") {
            let words = line.split(separator: " ")
            guard words.count == 2 else { continue }
            needles.append(Needle(name: String(words[0]), masked: bytes(words[1])))
        }
        for line in lines("/proc/self/maps") {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
            guard ends.count == 2, !line.hasSuffix("[vsyscall]") else { continue }
            // Neighbours are one region, with what comes to be mapped around and between them.
            let region = max(0, ends[0] - Self.margin)..<ends[1] + Self.margin
            if let last = mapped.last, last.upperBound >= region.lowerBound {
                mapped[mapped.count - 1] = last.lowerBound..<max(last.upperBound, region.upperBound)
            } else {
                mapped.append(region)
            }
        }
    }

    /// Says `MOMENT: N MiB, found NAMES`.
    func look(_ moment: String) {
        let room = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 1)
        defer { room.deallocate() }
        let readable = readableRanges()
        var found: [String] = []
        for needle in needles where needle.masked.count <= 64 {
            let length = needle.masked.count
            for index in 0..<length {
                room.storeBytes(of: needle.masked[index] ^ Self.mask, toByteOffset: index, as: UInt8.self)
            }
            if readable.contains(where: { isFound(room, length, in: $0) }) { found.append(needle.name) }
            explicit_bzero(room, length)
        }
        let size = readable.reduce(0) { $0 + $1.count } >> 20
        say("\(moment): \(size) MiB, found [\(found.joined(separator: " "))]\n")
    }

    private func isFound(_ needle: UnsafeMutableRawPointer, _ length: Int, in range: Range<Int>) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound,
            let hit = search(UnsafeRawPointer(bitPattern: start), range.upperBound - start, needle, length)
        {
            if hit != needle { return true }
            start = Int(bitPattern: hit) + 1
        }
        return false
    }

    /// The kernel tells what can be read: it refuses to take eight bytes from where there is nothing.
    private func readableRanges() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for region in mapped {
            for address in stride(from: region.lowerBound & ~(Self.page - 1), to: region.upperBound, by: Self.page)
            where address != 0 && canBeRead(address) {
                if let last = ranges.last, last.upperBound == address {
                    ranges[ranges.count - 1] = last.lowerBound..<address + Self.page
                } else {
                    ranges.append(address..<address + Self.page)
                }
            }
        }
        withUnsafePointer(to: UInt64.max) {
            _ = call(Int(SYS_rt_sigprocmask), Int(SIG_UNBLOCK), Int(bitPattern: $0), 0, 8, 0, 0)
        }
        return ranges
    }

    private func canBeRead(_ address: Int) -> Bool {
        call(Int(SYS_rt_sigprocmask), Int(SIG_BLOCK), address, 0, 8, 0, 0) == 0
    }

    // What Swift doesn't see of the C library.
    private typealias Search =
        @convention(c) (UnsafeRawPointer?, Int, UnsafeRawPointer?, Int) -> UnsafeMutableRawPointer?
    private let search = unsafeBitCast(dlsym(nil, "memmem"), to: Search.self)
    private typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
    private let systemCall = unsafeBitCast(dlsym(nil, "syscall"), to: Call.self)

    private func call(_ number: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ e: Int, _ f: Int) -> Int {
        systemCall(number, a, b, c, d, e, f)
    }

    private func lines(_ path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var text: [UInt8] = []
        while true {
            let byte = fgetc(file)
            if byte == EOF { break }
            text.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { $0 }
    }

    private func bytes(_ hexadecimal: Substring) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    private func say(_ text: String) {
        _ = write(STDERR_FILENO, text, text.utf8.count)
    }
}

private func next<Function>(_ name: String, as type: Function.Type) -> Function {
    // RTLD_NEXT, a macro of a cast: what libssh itself has.
    unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: -1), name), to: type)
}

@_cdecl("ssh_handle_key_exchange")
func handleKeyExchange(_ session: OpaquePointer?) -> CInt {
    typealias Function = @convention(c) (OpaquePointer?) -> CInt
    if intruder.isInside { intruder.look("before login") }
    return next("ssh_handle_key_exchange", as: Function.self)(session)
}

@_cdecl("ssh_channel_new")
func newChannel(_ session: OpaquePointer?) -> OpaquePointer? {
    typealias Function = @convention(c) (OpaquePointer?) -> OpaquePointer?
    intruder.look("after login")
    return next("ssh_channel_new", as: Function.self)(session)
}
