// memory.cpp - doors of the advice that a program gives about its memory: what
// has never been given need not be looked for at a checkpoint (track/advice),
// and of mlockall's and of protection keys the kernel does not tell.

#include <sys/mman.h>

#include "core/state.h"
#include "hooks/libc.h"

namespace {

using ckpt::core::g_state;
using ckpt::hooks::Real;

constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL

// Advice that stays with the memory and that a restart would have to give
// again.
bool Stays(int advice) {
  return advice >= 0 && advice < 32 &&
         (ckpt::image::kMadvise >> advice & 1) != 0;
}

void Expect(uint32_t what) {
  g_state.advised.fetch_or(what, std::memory_order_relaxed);
}

}  // namespace

int __ckpt_madvise(void* address, size_t size, int advice) __THROW {
  if (Stays(advice)) Expect(ckpt::core::kAdvised);
  const int r = Real().madvise(address, size, advice);
  if (r == 0 && advice == kGuardInstall) Expect(ckpt::core::kGuarded);
  return r;
}

int __ckpt_posix_madvise(void* address, size_t size, int advice) __THROW {
  // The numbers of POSIX are Linux's, as far as it knows them.
  if (Stays(advice)) Expect(ckpt::core::kAdvised);
  return Real().posix_madvise(address, size, advice);
}

int __ckpt_mlock(const void* address, size_t size) __THROW {
  Expect(ckpt::core::kAdvised);
  return Real().mlock(address, size);
}

int __ckpt_mlock2(const void* address, size_t size, unsigned flags) __THROW {
  Expect(ckpt::core::kAdvised);
  return Real().mlock2(address, size, flags);
}

int __ckpt_mlockall(int flags) __THROW {
  Expect(ckpt::core::kAdvised);
  const int r = Real().mlockall(flags);
  if (r == 0) {
    g_state.lock_future.store(
        (flags & MCL_FUTURE) != 0
            ? static_cast<uint32_t>(flags & (MCL_FUTURE | MCL_ONFAULT))
            : 0,
        std::memory_order_relaxed);
  }
  return r;
}

int __ckpt_munlockall() __THROW {
  const int r = Real().munlockall();
  if (r == 0) g_state.lock_future.store(0, std::memory_order_relaxed);
  return r;
}

int __ckpt_pkey_alloc(unsigned flags, unsigned rights) __THROW {
  const int key = Real().pkey_alloc(flags, rights);
  if (key >= 0) {
    g_state.protection_keys.fetch_add(1, std::memory_order_relaxed);
  }
  return key;
}

int __ckpt_pkey_free(int key) __THROW {
  const int r = Real().pkey_free(key);
  if (r == 0) g_state.protection_keys.fetch_sub(1, std::memory_order_relaxed);
  return r;
}
