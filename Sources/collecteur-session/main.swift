import Glibc
import SFTPSession

exit(Session.run())
