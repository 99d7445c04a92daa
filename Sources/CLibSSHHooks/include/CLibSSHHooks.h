// Stands between libssh and the functions it calls by name: signatures go to somebody else, logins that libssh would drop
// are answered, and the client's socket is read in large pieces.
//
// libssh has no way to be told « this key signs elsewhere » or « somebody else verifies ». But it signs its key exchange
// and verifies a client's `publickey` signature by EVP_DigestSign and EVP_DigestVerify, and nothing else, from 0.10 to
// 0.12; it imports them from libcrypto by name, and ELF looks a name up in the program before the libraries. This target
// defines both, and the program that links it exports them: libssh calls these. So the process that speaks with a
// stranger needs no private key, and what it says of a signature isn't believed: the daemon signs and verifies.
//
// A libssh that is linked with -Bsymbolic, built on another library, or that signs or verifies by other functions
// would pass these by. It is noticed twice: at the build (`packaging/check-hooks.sh`, by `make test` and `make release`) and whenever a template starts, which
// makes a whole key exchange with itself and ends if these functions weren't asked. There is nothing to fall back
// on: a session holds no key that works.
//
// libssh also drops logins without an answer: a key of a kind that it can't parse, a signature by an algorithm or with a key
// that it doesn't accept, whatever is malformed; the client waits for ever. And it tells neither that a password is to be
// changed nor by which algorithm a key signs. But it lets go of every login by `ssh_message_free`, its own function that it calls
// by name as well, and reads every field by `ssh_buffer_get_data`: both are defined here, look, and go on to libssh's.
//
// Whatever isn't an Ed25519, ECDSA or RSA signature, and everything in a program that has set nothing, goes through to
// OpenSSL, and to the C library, as if this weren't here. One thread, as a session has.
#ifndef COLLECTEUR_CLIBSSHHOOKS_H
#define COLLECTEUR_CLIBSSHHOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssh_message_struct;

/// A key's kind, by what libcrypto calls it.
enum clibssh_key { CLIBSSH_ED25519 = 1, CLIBSSH_ECDSA, CLIBSSH_RSA };

/// The digest of a signature, in bits; 0 for Ed25519, which has none of its own.
typedef unsigned int clibssh_digest;

/// Who signs and verifies. Both are called on the thread that called libssh, and must not call it.
struct clibssh_signatures {
    void *context;
    /// Signs `data`. `signature` has room for `*signature_count` bytes, which becomes the count that was written, in
    /// libcrypto's form (ECDSA: DER). False if there is no signature: libssh gives the key exchange up.
    bool (*sign)(
        void *context, enum clibssh_key key, clibssh_digest digest, const uint8_t *data, size_t count,
        uint8_t *signature, size_t *signature_count);
    /// Whether the signature is good. The key is in `data` if it is a client's login (RFC 4252 section 7).
    bool (*verify)(
        void *context, enum clibssh_key key, clibssh_digest digest, const uint8_t *signature, size_t signature_count,
        const uint8_t *data, size_t count);
};

/// From here on `signatures` is asked; NULL gives both back to OpenSSL. The caller keeps it until then.
void clibssh_set_signatures(const struct clibssh_signatures *signatures);

/// How often libssh has come here to sign and to verify, in this process and those it is a copy of.
struct clibssh_calls {
    unsigned int signed_data, verified_data;
};
struct clibssh_calls clibssh_calls(void);

/// What libssh has read of the login that it is handling.
struct clibssh_login {
    /// The boolean after the method: a key has signed (RFC 4252 section 7), a password is to be changed (section 8).
    bool flag;
    bool is_key;
    /// With a key: the name of the algorithm, if it has 64 bytes at most (RFC 4251 section 6), otherwise none of it.
    uint8_t algorithm[64];
    uint32_t algorithm_count;
    /// With a key: its length in bytes.
    uint32_t key_count;
};

/// Who answers the logins that libssh drops.
struct clibssh_logins {
    void *context;
    /// libssh is about to let go of a login (`ssh_message`) that nobody has been shown. Called on the thread that called libssh, where
    /// a message's callbacks are: it may be replied to.
    void (*dropped)(void *context, struct ssh_message_struct *message);
};

/// From here on logins are looked at; NULL for no more. The caller keeps it until then.
void clibssh_watch_logins(const struct clibssh_logins *logins);
/// To be called by whoever libssh shows a login, in whatever callback: it has its answer.
void clibssh_login_shown(void);
/// Of the login that is being shown or dropped.
const struct clibssh_login *clibssh_login(void);

/// From here on `recv` reads this socket 64 KiB at a time; -1 for none. libssh asks for 4 KiB, with a poll before each.
void clibssh_read_ahead(int socket);

#endif
