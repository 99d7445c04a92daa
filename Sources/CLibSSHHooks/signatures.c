// EVP_DigestSign(3) and EVP_DigestVerify(3), which libssh calls with a context that it has made for the key.
#define _GNU_SOURCE
#include "CLibSSHHooks.h"

#include <dlfcn.h>
#include <openssl/evp.h>

static const struct clibssh_signatures *signatures;
static struct clibssh_calls calls;

struct clibssh_calls clibssh_calls(void) {
    return calls;
}

void clibssh_set_signatures(const struct clibssh_signatures *new_signatures) {
    signatures = new_signatures;
}

typedef int sign_function(EVP_MD_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);
typedef int verify_function(EVP_MD_CTX *, const unsigned char *, size_t, const unsigned char *, size_t);

// The next definition after the program's own: libcrypto's. Without one nothing of OpenSSL would work; so 0, « failed ».
static int sign_here(
    EVP_MD_CTX *signing, unsigned char *signature, size_t *room, const unsigned char *data, size_t count
) {
    static sign_function *next;
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "EVP_DigestSign");
    }
    return next == NULL ? 0 : next(signing, signature, room, data, count);
}

static int verify_here(
    EVP_MD_CTX *verifying, const unsigned char *signature, size_t signature_count, const unsigned char *data, size_t count
) {
    static verify_function *next;
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "EVP_DigestVerify");
    }
    return next == NULL ? 0 : next(verifying, signature, signature_count, data, count);
}

// What a context is for; 0 if it isn't what SSH signs with: a MAC, say, which is « signed » by the same function.
static int kind(EVP_MD_CTX *context, clibssh_digest *digest) {
    EVP_PKEY_CTX *inner = EVP_MD_CTX_get_pkey_ctx(context);
    EVP_PKEY *key = inner == NULL ? NULL : EVP_PKEY_CTX_get0_pkey(inner);
    const EVP_MD *hash = EVP_MD_CTX_get0_md(context);
    *digest = hash == NULL ? 0 : (clibssh_digest)EVP_MD_get_size(hash) * 8;
    switch (key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
        return CLIBSSH_ED25519;
    case EVP_PKEY_EC:
        return CLIBSSH_ECDSA;
    case EVP_PKEY_RSA:
        return CLIBSSH_RSA;
    default:
        return 0;
    }
}

__attribute__((visibility("default"))) int EVP_DigestSign(
    EVP_MD_CTX *context, unsigned char *signature, size_t *room, const unsigned char *data, size_t count
) {
    clibssh_digest digest;
    int key = kind(context, &digest);
    calls.signed_data += key == 0 ? 0 : 1;
    // Without a place for the signature it is the longest one's length that is asked for.
    if (key == 0 || signature == NULL || signatures == NULL) {
        return sign_here(context, signature, room, data, count);
    }
    return signatures->sign(signatures->context, (enum clibssh_key)key, digest, data, count, signature, room) ? 1 : 0;
}

__attribute__((visibility("default"))) int EVP_DigestVerify(
    EVP_MD_CTX *context, const unsigned char *signature, size_t signature_count, const unsigned char *data, size_t count
) {
    clibssh_digest digest;
    int key = kind(context, &digest);
    calls.verified_data += key == 0 ? 0 : 1;
    if (key == 0 || signatures == NULL) {
        return verify_here(context, signature, signature_count, data, count);
    }
    return signatures->verify(
        signatures->context, (enum clibssh_key)key, digest, signature, signature_count, data, count) ? 1 : 0;
}
