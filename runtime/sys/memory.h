// memory.h - the address space (mmap(2), mremap(2), mprotect(2)).
// Header-only; safe everywhere. Results are the kernel's: a value or -errno.

#ifndef CKPT_SYS_MEMORY_H
#define CKPT_SYS_MEMORY_H

#include <linux/mman.h>
#include <sys/mman.h>

#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

inline long Map(uint64_t address, uint64_t size, int prot, int flags,
                int fd = -1, uint64_t offset = 0) {
  return Raw(__NR_mmap, address, size, prot, flags, fd, offset);
}
inline long MapAnonymous(uint64_t size) {
  return Map(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
}
inline long Unmap(uint64_t address, uint64_t size) {
  return Raw(__NR_munmap, address, size);
}
inline long Protect(uint64_t address, uint64_t size, int prot) {
  return Raw(__NR_mprotect, address, size, prot);
}
// A child of this process does not get it.
inline void DontFork(uint64_t address, uint64_t size) {
  Raw(__NR_madvise, address, size, MADV_DONTFORK);
}
inline long Move(uint64_t from, uint64_t size, uint64_t to) {
  return Raw(__NR_mremap, from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
}

}  // namespace ckpt::sys

#endif
