// lock_kinds.h - glibc's kinds of mutexes (__data.__kind): which of them are
// told by the owner's thread id. Header-only; safe everywhere.

#ifndef CKPT_TRACK_LOCK_KINDS_H
#define CKPT_TRACK_LOCK_KINDS_H

#include <linux/futex.h>
#include <stdint.h>

#include "image/format.h"

namespace ckpt::track {

// nptl's enumeration, of which pthread.h has only the types.
constexpr uint32_t kTypeMask = 3;
constexpr uint32_t kNormal = 0, kRecursive = 1, kErrorCheck = 2, kAdaptive = 3;
constexpr uint32_t kRobust = 16, kPrioInherit = 32, kPrioProtect = 64;

// The owner field of a robust mutex whose owner has died (EOWNERDEAD) and which
// is not made consistent yet.
constexpr int kInconsistent = 0x7fffffff;

// True if the lock word itself holds the owner's id.
constexpr bool WordHoldsOwner(uint32_t kind) {
  return !image::IsRwlock(kind) && (kind & (kRobust | kPrioInherit)) != 0;
}

// True if the C library compares the owner's id with the caller's (a reader's,
// too: a writer may not become one). Normal and
// adaptive mutexes have an owner field too, but only debuggers read it.
constexpr bool ComparesOwner(uint32_t kind) {
  if (image::IsRwlock(kind)) return true;
  const uint32_t type = kind & kTypeMask;
  return (kind & (kRobust | kPrioInherit | kPrioProtect)) != 0 ||
         type == kRecursive || type == kErrorCheck;
}

}  // namespace ckpt::track

#endif
