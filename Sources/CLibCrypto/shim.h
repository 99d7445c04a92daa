// OpenSSL's digests and, for the host keys, its key generation. libssh and libcurl load the same library.
#pragma once
#include <openssl/bn.h>
#include <openssl/evp.h>
