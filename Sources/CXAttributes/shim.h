// glibc: extended attributes of files, a header that Swift's Glibc module leaves out.
#pragma once
#include <sys/xattr.h>
