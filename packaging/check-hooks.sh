#!/bin/sh
# check-hooks.sh PROGRAM: whether libssh will have the session program sign and verify, as Sources/CLibSSHHooks says.
#
# The program must export the two functions, and the libssh that it will run with must import them. Which one that is, is
# asked of the system: the installed one. A program that is run shows the same to itself each time a template starts.
set -eu
program=$1

fail() {
    echo "check-hooks: $1" >&2
    exit 1
}

libssh=$(ldd "$program" | awk '$1 ~ /^libssh\.so/ { print $3 }')
[ -n "$libssh" ] || fail "$program is not linked with libssh"
for function in EVP_DigestSign EVP_DigestVerify; do
    nm -D --defined-only "$program" | grep -q " T $function\$" || fail "$program does not export $function"
    nm -D --undefined-only "$libssh" | grep -Eq " U $function(@.*)?\$" ||
        fail "$libssh does not import $function: it signs or verifies in another way, and Sources/CLibSSHHooks must follow"
done
echo "check-hooks: $libssh signs and verifies by $program"
