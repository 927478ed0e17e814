// libc_static.cpp - the table of real functions in a static program, which the
// linker has filled (interpose_static.S).

#include "hooks/libc.h"

namespace ckpt::hooks {

constinit Libc g_libc{};

extern "C" const Libc __ckpt_static_libc;

void ResolveLibc() { g_libc = __ckpt_static_libc; }

}  // namespace ckpt::hooks
