// libxcrypt: yescrypt through crypt_rn and crypt_gensalt_rn.
#pragma once
#include <crypt.h>
