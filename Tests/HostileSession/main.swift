// A session process that has been taken over: the session program itself, with somebody else's code in it. Before the
// client's first byte and after its login that code looks through all memory it can read for the pieces of keys that
// the file `needles` beside the program names, and says on standard error what it found.
//
// It stands where an intruder's would: libssh's functions `ssh_handle_key_exchange` and `ssh_channel_new` are this program's
// own, and it is as confined as the session.
import Glibc
import SFTPSession

intruder.prepare()
_exit(TemplateProcess.run())
