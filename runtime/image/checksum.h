// checksum.h - XXH3-64, the checksum of a checkpoint image.
//
// Freestanding: usable in handlers, with the world stopped and in the restorer.
// Only memcpy, memmove and memset may remain undefined in an object that
// includes this. The library's code is taken whole into each includer
// (XXH_INLINE_ALL), so no symbol of it can meet a copy of the program's own.
// Shared by the writer and the reader (format.h says what is summed).

#ifndef CKPT_IMAGE_CHECKSUM_H
#define CKPT_IMAGE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// -ffreestanding makes memcpy a true call, one for every eight bytes hashed;
// the builtin stays a plain load. <string.h> is above, so that the macro meets
// no declaration.
#define XXH_INLINE_ALL
#pragma push_macro("memcpy")
#undef memcpy
#define memcpy(to, from, size) __builtin_memcpy(to, from, size)
#include <xxhash.h>
#pragma pop_macro("memcpy")

namespace ckpt::image {

// These are static, not inline: what they call is different code in each
// object, after the target features it is compiled for.

// The checksum of `size` bytes at `data`.
[[maybe_unused]] static uint64_t Xxh3(const void* data, size_t size) {
  return XXH3_64bits(data, size);
}

// The checksum of `size` bytes at `data` as if the 8 bytes at `field` were
// zero: how HeadRecord::meta_xxh3 is computed. They must lie in the bytes.
[[maybe_unused]] static uint64_t Xxh3WithFieldZero(const void* data,
                                                   size_t size, size_t field) {
  static constexpr uint64_t kZero = 0;
  const auto* bytes = static_cast<const unsigned char*>(data);
  const size_t after = field + sizeof(kZero);
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, bytes, field);
  XXH3_64bits_update(&state, &kZero, sizeof(kZero));
  XXH3_64bits_update(&state, bytes + after, size - after);
  return XXH3_64bits_digest(&state);
}

}  // namespace ckpt::image

#endif
