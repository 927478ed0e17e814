// linker_locks.h - the dynamic linker's locks: recursive mutexes that threads
// take inside dlopen, dlclose, dlsym, dl_iterate_phdr (thus also while an
// exception flies) and hold while constructors run. The C library locks them
// without passing a hook, so they are looked for in the linker's data.

#ifndef CKPT_TRACK_LINKER_LOCKS_H
#define CKPT_TRACK_LINKER_LOCKS_H

#include <pthread.h>
#include <stdint.h>
#include <ucontext.h>

namespace ckpt::track {

// The linker's writable data, [start, end), or one of its locks in a static
// program. Called before the program's threads exist, at most kLinkerRanges
// times.
constexpr uint32_t kLinkerRanges = 4;
void NoteLinkerData(uint64_t start, uint64_t end);

// World stopped. What looks like a locked recursive mutex in the linker's data;
// the owner's id tells whether it is one.
class LinkerLocks {
 public:
  void Find();
  pthread_mutex_t* const* begin() const { return found_; }
  pthread_mutex_t* const* end() const { return found_ + count_; }

 private:
  static constexpr uint32_t kMost = 16;
  pthread_mutex_t* found_[kMost] = {};
  uint32_t count_ = 0;
};

// In a handler, or world stopped. True if the thread may be in the lock or
// unlock code with `mutex` (nullptr: any of the linker's) and not waiting for
// it: that code has the mutex's address in a register.
bool IsInLinkerLockCode(const ucontext_t* frame, const pthread_mutex_t* mutex);

// World stopped. True if a register or a word of the innermost frames of the
// stack is `value`: where it is not, the code in progress cannot be keeping it.
bool KeepsValue(const ucontext_t* frame, int32_t value);

}  // namespace ckpt::track

#endif
