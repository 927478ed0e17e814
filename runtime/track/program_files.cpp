// program_files.cpp - see program_files.h.

#include "track/program_files.h"

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"

namespace ckpt::track {

// A main thread that has ended has no descriptors to show: then by the first
// other thread that is not the caller.
ProgramFiles::ProgramFiles(int tid) : tid_(tid) {
  task_.Str("/proc/self/");
  char link[64];
  const char* p = link;
  if (sys::ReadLink("/proc/self", link, sizeof(link)) < 0) return;
  const int leader = static_cast<int>(ParseNumber(&p, 10));
  const char state = sys::ThreadStateLetter(leader);
  if (state != 'Z' && state != 'X') return;
  int self = 0;
  if (sys::ReadLink("/proc/thread-self", link, sizeof(link)) > 0) {
    p = BaseName(link);
    self = static_cast<int>(ParseNumber(&p, 10));
  }
  struct Search {
    int self, leader, found;
  } search{self, leader, 0};
  sys::ForEachNumber(
      "/proc/self/task",
      [](void* context, int task) {
        auto* s = static_cast<Search*>(context);
        if (task == s->self || task == s->leader) return true;
        const char its = sys::ThreadStateLetter(task);
        if (its == 'Z' || its == 'X') return true;
        s->found = task;
        return false;
      },
      &search);
  if (search.found != 0) {
    task_.Str("task/").Dec(static_cast<uint64_t>(search.found)).Char('/');
  }
}

Line ProgramFiles::Directory() const {
  return Line().Str(task_.text()).Str("fd/");
}

Line ProgramFiles::Entry(const char* directory, int fd) const {
  return Line().Str(task_.text()).Str(directory).Char('/').Dec(
      static_cast<uint64_t>(fd));
}

long ProgramFiles::Stat(int fd, struct stat* out) const {
  return sys::StatPath(Entry("fd", fd).text(), out);
}

long ProgramFiles::Borrow(int fd) const {
  return sys::BorrowDescriptor(tid_, fd);
}

}  // namespace ckpt::track
