// What code in a session, or in the portal, could do once that is taken over: confines itself as they do, makes one
// attempt, and exits with the errno of it (0: it worked). Killed by SIGSYS where the filter ends the process.
//
//     sandbox-probe LAYER ATTEMPT PARENT-PID SECRET-PATH
//
// Descriptor 3 is a file open for reading and writing, 4 one end of a packet socket, 5 a connected TCP socket.
import Glibc
import LinuxSystem

let arguments = CommandLine.arguments
guard arguments.count == 5, let attempt = attempts[arguments[2]] else { exit(99) }
// A global of another file is made at its first use: now, while that is still allowed.
guard machineCode != -1 else { exit(96) }

switch arguments[1] {
case "template":
    guard confine(newestLandlock: .max, asCopy: false) else { exit(98) }
case "session":
    guard confine(newestLandlock: .max) else { exit(98) }
case "debian12":
    guard confine(newestLandlock: 2) else { exit(98) }
case "filter":
    guard confine(newestLandlock: 0) else { exit(98) }
case "portal":
    guard confineAsPortal() else { exit(98) }
case "landlock":
    guard confineByLandlockAlone() else { exit(98) }
case "none":
    break
default:
    exit(99)
}
exit(attempt())
