// libssh as the SSH layer of a server: transport, authentication, channels.
// Its SFTP helpers are not used (see Sources/SFTPCodec).
#pragma once
#define WITH_SERVER 1
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>
