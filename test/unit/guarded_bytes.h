// guarded_bytes.h - a copy of bytes whose end is followed by a page that must
// not be touched, so that a read past the end dies in every build.

#ifndef CKPT_TEST_UNIT_GUARDED_BYTES_H
#define CKPT_TEST_UNIT_GUARDED_BYTES_H

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

#include "base/types.h"

namespace ckpt {

class GuardedBytes {
 public:
  explicit GuardedBytes(size_t capacity)
      : capacity_(AlignUp<size_t>(capacity + 8, 4096)) {
    base_ = static_cast<uint8_t*>(mmap(nullptr, capacity_ + 4096,
                                       PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + capacity_, 4096, PROT_NONE);
  }
  ~GuardedBytes() { munmap(base_, capacity_ + 4096); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  // The start has to be a multiple of 8, so up to 7 bytes may lie between the
  // end and the page.
  Span<const uint8_t> Set(const uint8_t* data, size_t size) {
    uint8_t* start = base_ + capacity_ - AlignUp<size_t>(size, 8);
    if (size != 0) memcpy(start, data, size);
    return {start, size};
  }

 private:
  size_t capacity_;
  uint8_t* base_;
};

}  // namespace ckpt

#endif
