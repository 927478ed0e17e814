// arena.h - hands out pieces of one block of memory, front to back; nothing is
// freed singly. The block comes from the caller. Freestanding; safe in handlers
// and with the world stopped (one user at a time).

#ifndef CKPT_BASE_ARENA_H
#define CKPT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt {

class Arena {
 public:
  Arena() = default;
  Arena(void* base, size_t size)
      : next_(reinterpret_cast<uintptr_t>(base)), end_(next_ + size) {}

  // `count` objects of T, uninitialised, or nullptr if the block is used up.
  template <typename T>
  T* Take(size_t count = 1) {
    const uintptr_t at = (next_ + alignof(T) - 1) & ~(alignof(T) - 1);
    if (at > end_ || count > (end_ - at) / sizeof(T)) return nullptr;
    next_ = at + count * sizeof(T);
    return reinterpret_cast<T*>(at);
  }
  uintptr_t next() const { return next_; }
  uintptr_t end() const { return end_; }
  size_t left() const { return end_ - next_; }

 private:
  uintptr_t next_ = 0;
  uintptr_t end_ = 0;
};

// A growing array at the front of an arena: nothing else may be taken from the
// arena between Begin and the last Add.
template <typename T>
class ArenaList {
 public:
  explicit ArenaList(Arena* arena) : arena_(arena) {
    data_ = arena_->Take<T>(0);
  }
  // nullptr if the arena is used up.
  T* Add() {
    T* item = arena_->Take<T>();
    if (item != nullptr) ++size_;
    return item;
  }
  T* data() const { return data_; }
  size_t size() const { return size_; }
  T& operator[](size_t i) const { return data_[i]; }
  T& last() const { return data_[size_ - 1]; }

 private:
  Arena* arena_;
  T* data_;
  size_t size_ = 0;
};

}  // namespace ckpt

#endif
