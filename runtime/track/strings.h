// strings.h - collects the strings of an image (NoteType::kStrings) in an arena
// of its own. No libc: runs with the world stopped.

#ifndef CKPT_TRACK_STRINGS_H
#define CKPT_TRACK_STRINGS_H

#include "base/arena.h"
#include "base/types.h"
#include "base/bytes.h"
#include "image/format.h"

namespace ckpt::track {

class Strings {
 public:
  explicit Strings(Arena arena) : arena_(arena) {
    base_ = arena_.Take<char>(1);
    if (base_ != nullptr) base_[0] = '\0';
  }
  // A new copy of `text`, never shared, so that consecutive calls give
  // consecutive strings. 0 (the empty string) when the arena is used up.
  image::StringRef Add(const char* text) {
    const size_t size = StrLen(text) + 1;
    char* at = arena_.Take<char>(size);
    if (at == nullptr) {
      full_ = true;
      return 0;
    }
    __builtin_memcpy(at, text, size);
    return static_cast<image::StringRef>(at - base_);
  }
  const char* Get(image::StringRef ref) const { return base_ + ref; }
  Span<char> bytes() const {
    return {base_, static_cast<size_t>(arena_.next() -
                                       reinterpret_cast<uintptr_t>(base_))};
  }
  bool full() const { return full_ || base_ == nullptr; }

 private:
  Arena arena_;
  char* base_;
  bool full_ = false;
};

}  // namespace ckpt::track

#endif
