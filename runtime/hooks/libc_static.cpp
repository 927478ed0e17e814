// libc_static.cpp - the table of real functions in a static program, which the
// linker has filled (interpose_static.S), and the dynamic linker's locks that a
// static C library brings with it.

#include "hooks/libc.h"
#include "hooks/unwind.h"
#include "track/linker_locks.h"

// glibc's elf/dl-support.c.
extern "C" {
__attribute__((weak)) extern pthread_mutex_t _dl_load_lock;
__attribute__((weak)) extern pthread_mutex_t _dl_load_write_lock;
__attribute__((weak)) extern pthread_mutex_t _dl_load_tls_lock;
}

namespace ckpt::hooks {

constinit Libc g_libc{};

extern "C" const Libc __ckpt_static_libc;

void ResolveLibc() { g_libc = __ckpt_static_libc; }

// Who can unwind has been linked.
Unwinder FindUnwinder() { return {}; }

void FindLinker() {
  const pthread_mutex_t* const locks[] = {&_dl_load_lock, &_dl_load_write_lock,
                                          &_dl_load_tls_lock};
  for (const pthread_mutex_t* mutex : locks) {
    const auto at = reinterpret_cast<uint64_t>(mutex);
    if (at != 0) track::NoteLinkerData(at, at + sizeof(*mutex));
  }
}

}  // namespace ckpt::hooks
