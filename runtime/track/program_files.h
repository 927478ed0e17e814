// program_files.h - the program's descriptor table as the coordinator sees it,
// which has one of its own: by a living thread's directory in /proc, and by
// that thread's id for kcmp(2). No libc; coordinator only.

#ifndef CKPT_TRACK_PROGRAM_FILES_H
#define CKPT_TRACK_PROGRAM_FILES_H

#include <sys/stat.h>

#include "base/line.h"

namespace ckpt::track {

class ProgramFiles {
 public:
  // `tid`: any living thread of the program.
  explicit ProgramFiles(int tid);

  int tid() const { return tid_; }
  // ".../fd/" and ".../fdinfo/", and an entry of either.
  Line Directory() const;
  Line Entry(const char* directory, int fd) const;

  // What fstat(2) would say in the program; 0 or -errno.
  long Stat(int fd, struct stat* out) const;
  // A copy of one of its descriptors, for the caller to close; or -errno.
  long Borrow(int fd) const;

 private:
  Line task_;
  int tid_;
};

}  // namespace ckpt::track

#endif
