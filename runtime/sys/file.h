// file.h - descriptors and paths (open(2), read(2), rename(2) ...).
// Header-only; safe everywhere. Results are the kernel's: a value or -errno.

#ifndef CKPT_SYS_FILE_H
#define CKPT_SYS_FILE_H

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/line.h"
#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

inline long OpenAt(int dir, const char* path, int flags, int mode = 0) {
  return Raw(__NR_openat, dir, path, flags, mode);
}
inline long Open(const char* path, int flags, int mode = 0) {
  return OpenAt(AT_FDCWD, path, flags, mode);
}
// A new file in `directory` that nobody can find and that is gone when it is
// closed. Not every file system has them.
inline long OpenNameless(const char* directory, int mode) {
  return Open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
}
inline long Close(int fd) { return Raw(__NR_close, fd); }
inline long Read(int fd, void* buffer, size_t size) {
  return Raw(__NR_read, fd, buffer, size);
}
inline long Write(int fd, const void* data, size_t size) {
  return Raw(__NR_write, fd, data, size);
}
inline long Seek(int fd, int64_t offset, int whence) {
  return Raw(__NR_lseek, fd, offset, whence);
}
inline long Stat(int fd, struct stat* out) {
  return Raw(__NR_fstat, fd, out);
}
inline long StatPath(const char* path, struct stat* out) {
  return Raw(__NR_newfstatat, AT_FDCWD, path, out, 0);
}
// Of a symbolic link itself.
inline long LinkStatPath(const char* path, struct stat* out) {
  return Raw(__NR_newfstatat, AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}
// When a file came into being, in nanoseconds; 0 where nobody knows.
inline int64_t BirthTime(int fd) {
  struct statx st;
  if (Raw(__NR_statx, fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) < 0 ||
      (st.stx_mask & STATX_BTIME) == 0) {
    return 0;
  }
  return st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec;
}
// File systems take the time of the last tick, which is so much older at most.
constexpr int64_t kFileClockGrainNs = 20000000;
inline long Fcntl(int fd, int command, long argument = 0) {
  return Raw(__NR_fcntl, fd, command, argument);
}
inline long Dup3(int from, int to, int flags) {
  return Raw(__NR_dup3, from, to, flags);
}
inline long Fsync(int fd) { return Raw(__NR_fsync, fd); }
inline long Unlink(const char* path) { return Raw(__NR_unlink, path); }
inline long RenameNoReplace(const char* from, const char* to) {
  return Raw(__NR_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}
inline long Link(const char* from, const char* to) {
  return Raw(__NR_link, from, to);
}
// Gives a file of OpenNameless a name unless that exists.
inline long LinkNameless(int fd, const char* to) {
  const LineOf<40> from = LineOf<40>().Str("/proc/thread-self/fd/").Dec(
      static_cast<uint64_t>(fd));
  return Raw(__NR_linkat, AT_FDCWD, from.text(), AT_FDCWD, to,
             AT_SYMLINK_FOLLOW);
}
inline long GetDents(int fd, void* buffer, size_t size) {
  return Raw(__NR_getdents64, fd, buffer, size);
}

// A copy of a descriptor from another table, that of thread `tid` (which may be
// one of the caller's own process): pidfd_getfd(2), Linux 5.6; for a thread
// that does not lead its process Linux 6.9.
inline long BorrowDescriptor(int tid, int fd) {
  constexpr int kPidfdThread = O_EXCL;
  long process = Raw(__NR_pidfd_open, tid, 0);
  if (process < 0) process = Raw(__NR_pidfd_open, tid, kPidfdThread);
  if (process < 0) return process;
  const long copy = Raw(__NR_pidfd_getfd, process, fd, 0);
  Close(static_cast<int>(process));
  return copy;
}

// Closes a descriptor at the end of a block; negative ones are none.
class Closer {
 public:
  explicit Closer(long fd) : fd_(static_cast<int>(fd)) {}
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  ~Closer() {
    if (fd_ >= 0) Close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// What poll(2) says of one descriptor, without waiting longer than that.
inline int Poll(int fd, int events, int timeout_ms = 0) {
  struct {
    int fd;
    short events, revents;
  } entry{fd, static_cast<short>(events), 0};
  Raw(__NR_poll, &entry, 1, timeout_ms);
  return entry.revents;
}

// Terminates the target of a symbolic link in `buffer`; its length or -errno.
// A target that does not fit is -ENAMETOOLONG.
inline long ReadLink(const char* path, char* buffer, size_t capacity) {
  const long n = Raw(__NR_readlink, path, buffer, capacity);
  if (n < 0) return n;
  if (static_cast<size_t>(n) >= capacity) return -36;  // ENAMETOOLONG
  buffer[n] = '\0';
  return n;
}

// Writes all of it; 0 or -errno.
inline long WriteAll(int fd, const void* data, size_t size) {
  const char* p = static_cast<const char*>(data);
  while (size > 0) {
    const long n = Write(fd, p, size);
    if (n == -4) continue;  // EINTR
    if (n < 0) return n;
    if (n == 0) return -5;  // EIO
    p += n;
    size -= static_cast<size_t>(n);
  }
  return 0;
}

// Writes all of it at `offset`; 0 or -errno.
inline long PwriteAll(int fd, const void* data, size_t size, uint64_t offset) {
  const char* p = static_cast<const char*>(data);
  while (size > 0) {
    const long n = Raw(__NR_pwrite64, fd, p, size, offset);
    if (n == -4) continue;  // EINTR
    if (n < 0) return n;
    if (n == 0) return -5;  // EIO
    p += n;
    offset += static_cast<uint64_t>(n);
    size -= static_cast<size_t>(n);
  }
  return 0;
}

// Reads all of it at `offset`; 0 or -errno, -EIO at the end of the file.
inline long PreadAll(int fd, void* data, size_t size, uint64_t offset) {
  char* p = static_cast<char*>(data);
  while (size > 0) {
    const long n = Raw(__NR_pread64, fd, p, size, offset);
    if (n == -4) continue;  // EINTR
    if (n < 0) return n;
    if (n == 0) return -5;  // EIO
    p += n;
    offset += static_cast<uint64_t>(n);
    size -= static_cast<size_t>(n);
  }
  return 0;
}

// The whole of a small file (/proc), terminated; its length or -errno. What
// does not fit is -EFBIG.
inline long ReadWhole(const char* path, char* buffer, size_t capacity) {
  const long fd = Open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  size_t size = 0;
  long n = 0;
  while (size + 1 < capacity &&
         (n = Read(static_cast<int>(fd), buffer + size, capacity - 1 - size)) >
             0) {
    size += static_cast<size_t>(n);
  }
  Close(static_cast<int>(fd));
  if (n < 0) return n;
  if (size + 1 >= capacity) return -27;  // EFBIG
  buffer[size] = '\0';
  return static_cast<long>(size);
}

}  // namespace ckpt::sys

#endif
