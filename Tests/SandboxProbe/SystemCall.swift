import CLinux
import Glibc
import LinuxSystem

/// A system call by number, as an intruder's code would make it: without the C library's help.
///
/// `syscall` is variadic, which Swift can't call; its implementation takes what registers hold, so a pointer to it
/// with fixed parameters does on x86_64 and aarch64. The answer is an errno, 0 for success.
func systemCall(
    _ number: Int, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0, _ fourth: Int = 0, _ fifth: Int = 0,
    _ sixth: Int = 0
) -> CInt {
    typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
    guard let symbol = dlsym(nil, "syscall") else { return 97 }
    let result = unsafeBitCast(symbol, to: Call.self)(number, first, second, third, fourth, fifth, sixth)
    return result == -1 ? errno : 0
}

func systemCall(_ number: CInt, _ rest: Int...) -> CInt {
    let all = rest + [0, 0, 0, 0, 0, 0]
    return systemCall(Int(number), all[0], all[1], all[2], all[3], all[4], all[5])
}

/// The address of a C string that lives as long as the process.
func address(_ text: String) -> Int {
    Int(bitPattern: strdup(text))
}

/// The address of zeroed memory that lives as long as the process.
func memory(_ size: Int) -> Int {
    Int(bitPattern: calloc(1, size))
}

/// As a template confines itself and then, in its copy, a session.
func confine(newestLandlock: Int, asCopy: Bool = true) -> Bool {
    do {
        try Sandbox.confineTemplate(newestLandlock: newestLandlock)
        if asCopy { try Sandbox.confineCopy(uploadCap: 65_536) }
        return true
    } catch {
        return false
    }
}

func confineByLandlockAlone() -> Bool {
    clinux_set_no_new_privileges() == 0 && clinux_landlock_refuse_all(clinux_landlock_abi()) == 0
}

/// As the portal: its files first, its calls once another thread runs, which is under the filter too.
func confineAsPortal() -> Bool {
    do {
        try Sandbox.confinePortalFiles(uploadCap: 1 << 20, maximumConnections: 10)
        guard Thread.start(name: "other", { _ = poll(nil, 0, -1) }) else { return false }
        try Sandbox.confinePortalCalls()
        return true
    } catch {
        return false
    }
}

/// The address of code that makes a 32-bit call (int 0x80, getpid), on a page that is executable since before the
/// confinement; 0 on another architecture, -1 if there is no such page to have.
let machineCode: Int = {
    #if arch(x86_64)
        let page = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let page, page != MAP_FAILED else { return -1 }
        page.copyMemory(from: [0xB8, 0x14, 0, 0, 0, 0xCD, 0x80, 0xC3] as [UInt8], byteCount: 8)
        return Int(bitPattern: page)
    #else
        return 0
    #endif
}()
