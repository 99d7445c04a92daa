import Glibc
import SFTPSession

// Not `exit`: what libcrypto would take apart, the kernel takes with the process.
_exit(TemplateProcess.run())
