// OpenSSL's digests and, for the host keys and clients' signatures, its keys. libssh and libcurl load the same library.
#pragma once
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

// Which parts of a key are given; macros of macros, which Swift doesn't see.
enum { clibcrypto_public_key = EVP_PKEY_PUBLIC_KEY, clibcrypto_key_pair = EVP_PKEY_KEYPAIR };
