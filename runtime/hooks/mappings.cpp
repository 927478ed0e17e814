// mappings.cpp - doors of the calls that make and unmake mappings. Where they
// put other memory in the place of what the program has excluded from its
// images (checkpoint_exclude_bytes), or none, that ends with it: first, for
// another thread may have a mapping there as soon as the kernel has taken the
// old one away. And of kinds of memory that are rare is noted that there are
// some, as of advice (hooks/memory.cpp).

#include <stdarg.h>

#include "core/state.h"
#include "hooks/libc.h"
#include "track/excluded.h"

namespace {

using ckpt::hooks::Real;

constexpr int kDroppable = 8;  // MAP_DROPPABLE, in the place of MAP_PRIVATE

void End(const void* address, size_t size) {
  const auto start = reinterpret_cast<uint64_t>(address);
  const uint64_t end = start + size;
  // Two loads in a program that has excluded nothing.
  if (ckpt::track::MayBeExcluded(start, end)) {
    ckpt::track::IncludeBytes(start, end);
  }
}

void Begin(const void* address, size_t size, int flags) {
  if ((flags & MAP_FIXED) != 0) End(address, size);
  if ((flags & MAP_GROWSDOWN) != 0 || (flags & MAP_TYPE) == kDroppable) {
    ckpt::core::g_state.advised.fetch_or(ckpt::core::kAdvised,
                                         std::memory_order_relaxed);
  }
}

}  // namespace

void* __ckpt_mmap(void* address, size_t size, int prot, int flags, int fd,
                  off_t offset) __THROW {
  Begin(address, size, flags);
  return Real().mmap(address, size, prot, flags, fd, offset);
}

void* __ckpt_mmap64(void* address, size_t size, int prot, int flags, int fd,
                    off64_t offset) __THROW {
  Begin(address, size, flags);
  return Real().mmap64(address, size, prot, flags, fd, offset);
}

void* __ckpt_mremap(void* address, size_t old_size, size_t size, int flags,
                    ...) __THROW {
  va_list arguments;
  va_start(arguments, flags);
  void* wanted =
      (flags & MREMAP_FIXED) != 0 ? va_arg(arguments, void*) : nullptr;
  va_end(arguments);
  End(address, old_size);
  if (wanted != nullptr) End(wanted, size);
  return Real().mremap(address, old_size, size, flags, wanted);
}

int __ckpt_munmap(void* address, size_t size) __THROW {
  End(address, size);
  return Real().munmap(address, size);
}
