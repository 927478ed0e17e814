// unwind.h - the unwinder, for the cleanups of hooks/finally.c and
// hooks/thread_start.c. They do not refer to it as C code compiled with
// exceptions does: a C program would load libgcc_s.so at each start, which
// takes longer than all else that the runtime does there. The C library loads
// it when a thread is cancelled or calls pthread_exit, so it is there when it
// is needed.

#ifndef CKPT_HOOKS_UNWIND_H
#define CKPT_HOOKS_UNWIND_H

#include <unwind.h>

namespace ckpt::hooks {

struct Unwinder {
  decltype(&_Unwind_GetLanguageSpecificData) data;
  decltype(&_Unwind_GetIP) get_ip;
  decltype(&_Unwind_GetRegionStart) region;
  decltype(&_Unwind_SetGR) set_register;
  decltype(&_Unwind_SetIP) set_ip;
  decltype(&_Unwind_Resume) resume;
};

// Of the library that the C library has loaded for itself; all nullptr if there
// is none.
Unwinder FindUnwinder();

}  // namespace ckpt::hooks

#endif
