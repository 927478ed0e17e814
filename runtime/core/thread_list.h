// thread_list.h - the threads of this process as the kernel tells them, also in
// a pid namespace whose /proc is the outer one (--ids ns). No libc: coordinator
// only.

#ifndef CKPT_CORE_THREAD_LIST_H
#define CKPT_CORE_THREAD_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/line.h"

namespace ckpt::core {

// The id by which /proc/self/task knows a thread of this process, 0 if it knows
// none such. Callable by any thread.
int32_t OuterTid(int32_t tid);

class ThreadList {
 public:
  struct Entry {
    int32_t tid;        // in the namespace of the process
    int32_t outer_tid;  // as /proc names it
  };

  explicit ThreadList(Arena* scratch);
  bool ok() const { return entries_ != nullptr && names_ != nullptr; }

  // Lists anew. False if /proc cannot be read.
  bool Refresh();

  size_t size() const { return size_; }
  const Entry& operator[](size_t i) const { return entries_[i]; }

  // The signals that wait for the thread, and for the process; bit n - 1.
  void Pending(const Entry& thread, uint64_t* own, uint64_t* shared) const;

  // ` (NAME)`, if it is still there.
  void AddName(const Entry& thread, Line* line) const;

  // True if the thread has `signal` blocked.
  bool Blocks(const Entry& thread, int signal) const;

 private:
  Entry* entries_;
  int* names_;
  size_t size_ = 0;
  bool outer_proc_;  // /proc numbers threads in an outer namespace
};

}  // namespace ckpt::core

#endif
