import Glibc
import SystemPackage

/// Runs a call that answers -1 with `errno`; again when a signal interrupted it.
///
/// `errno` is read before anything else can run, reference counting included.
@inline(__always)
@discardableResult
func systemCall<Number: FixedWidthInteger & SignedInteger>(
    retryOnInterrupt: Bool = true, _ body: () -> Number
) throws(Errno) -> Number {
    while true {
        let result = body()
        guard result == -1 else { return result }
        let code = Errno(rawValue: errno)
        guard retryOnInterrupt, code == .interrupted else { throw code }
    }
}

/// Hands out a file name or path as C wants it. A NUL byte inside gives `invalidArgument`: C would cut the name there.
@inline(__always)
func withCPath<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) throws(Errno) -> Result) throws(Errno) -> Result
{
    guard !name.contains(0) else { throw Errno.invalidArgument }
    var terminated: [CChar] = []
    terminated.reserveCapacity(name.count + 1)
    for byte in name {
        terminated.append(CChar(bitPattern: byte))
    }
    terminated.append(0)
    return try terminated.withUnsafeBufferPointer { (buffer) throws(Errno) -> Result in
        guard let start = buffer.baseAddress else { throw Errno.invalidArgument }
        return try body(start)
    }
}

/// Refuses what is not the name of one entry of a folder.
func requireOneComponent(_ name: [UInt8]) throws(Errno) {
    let isDots = name == [0x2E] || name == [0x2E, 0x2E]
    guard !name.isEmpty, !isDots, !name.contains(0x2F) else { throw Errno.invalidArgument }
}
