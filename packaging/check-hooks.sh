#!/bin/sh
# check-hooks.sh PROGRAM: whether libssh will call what the session program defines in its place, as Sources/CLibSSHHooks says.
#
# The program must export each function, and the libssh that it will run with must call it by name: OpenSSL's, which it imports, and
# two of its own. Which one that is, is asked of the system: the installed one. A program that is run shows the same to itself each
# time a template starts.
set -eu
program=$1

fail() {
    echo "check-hooks: $1" >&2
    exit 1
}

libssh=$(ldd "$program" | awk '$1 ~ /^libssh\.so/ { print $3 }')
[ -n "$libssh" ] || fail "$program is not linked with libssh"
for function in EVP_DigestSign EVP_DigestVerify ssh_message_free ssh_buffer_get_data; do
    nm -D --defined-only "$program" | grep -q " T $function\$" || fail "$program does not export $function"
    readelf -rW "$libssh" | grep -Eq " $function(@.*)? \+ 0\$" ||
        fail "$libssh does not call $function by name, and Sources/CLibSSHHooks must follow it"
done
echo "check-hooks: $libssh signs, verifies and drops logins by $program"
