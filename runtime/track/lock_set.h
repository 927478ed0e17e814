// lock_set.h - which entries of a thread's table have been met, and a number
// for each, in memory of the caller's. Safe everywhere.

#ifndef CKPT_TRACK_LOCK_SET_H
#define CKPT_TRACK_LOCK_SET_H

#include <pthread.h>
#include <stdint.h>

namespace ckpt::track {

class LockSet {
 public:
  struct Entry {
    const pthread_mutex_t* lock;
    uint32_t round;  // the entry is of that one
    uint32_t number;
  };

  // How many entries a set of `locks` needs: a power of two.
  static constexpr uint64_t SizeFor(uint32_t locks) {
    uint64_t size = 16;
    while (size < 2 * uint64_t{locks}) size *= 2;
    return size;
  }

  LockSet() = default;
  // `entries` are zero.
  LockSet(Entry* entries, uint64_t size) : entries_(entries), mask_(size - 1) {}

  // Forgets all.
  void Clear() { ++round_; }

  // The number of a lock, 0 if it is new.
  uint32_t* Of(const pthread_mutex_t* lock, bool* is_new) {
    uint64_t at = Hash(lock) & mask_;
    while (entries_[at].round == round_ && entries_[at].lock != lock) {
      at = (at + 1) & mask_;
    }
    *is_new = entries_[at].round != round_;
    if (*is_new) entries_[at] = {lock, round_, 0};
    return &entries_[at].number;
  }

 private:
  static uint64_t Hash(const pthread_mutex_t* lock) {
    return (reinterpret_cast<uint64_t>(lock) * 0x9e3779b97f4a7c15) >> 29;
  }

  Entry* entries_ = nullptr;
  uint64_t mask_ = 0;
  uint32_t round_ = 1;
};

}  // namespace ckpt::track

#endif
