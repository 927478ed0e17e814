// fds.cpp - see fds.h.

#include "restore/fds.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "core/message.h"
#include "restore/objects.h"
#include "restore/path_map.h"
#include "restore/working_directory.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

using image::FdKind;
using image::FdRecord;

class Descriptors {
 public:
  Descriptors(const image::Reader& reader, Files* files, int image_fd)
      : reader_(reader), files_(files), workshop_(reader) {
    for (const FdRecord& record : reader_.fds()) {
      if (record.fd >= base_) base_ = record.fd + 1;
    }
    RaiseLimit();
    image_fd_ = Lift(image_fd, "the image");
    // Its number is the launcher's or nobody's again.
    sys::Close(image_fd);
    const long r = workshop_.Open(base_);
    if (r < 0) Refuse("out of memory", r);
  }

  int Restore() {
    const Span<const FdRecord> fds = reader_.fds();
    const long memory = sys::MapAnonymous((fds.size + 1) * sizeof(int));
    if (sys::IsError(memory)) Refuse("out of memory", memory);
    int* lifted = reinterpret_cast<int*>(memory);
    for (size_t i = 0; i < fds.size; ++i) {
      lifted[i] = fds[i].same_as >= 0                ? -1
                  : fds[i].kind == FdKind::kObject ? MakeObject(fds[i])
                                                   : Obtain(fds[i]);
    }
    // From here on the table is the saved one.
    sys::Raw(__NR_close_range, 0, base_ - 1, 0);
    for (size_t i = 0; i < fds.size; ++i) {
      const int from = fds[i].same_as < 0 ? lifted[i] : fds[i].same_as;
      sys::Dup3(from, fds[i].fd, fds[i].close_on_exec != 0 ? O_CLOEXEC : 0);
    }
    workshop_.Link();
    // Above it, nothing but the image: not the loader's own descriptor of it
    // either, which the next checkpoint would save.
    if (image_fd_ > base_) sys::Raw(__NR_close_range, base_, image_fd_ - 1, 0);
    sys::Raw(__NR_close_range, image_fd_ + 1, ~0u, 0);
    sys::Raw(__NR_setrlimit, RLIMIT_NOFILE, &limit_);
    sys::Unmap(static_cast<uint64_t>(memory), (fds.size + 1) * sizeof(int));
    workshop_.Close();
    return image_fd_;
  }

 private:
  [[noreturn]] void Refuse(const char* what, long error) {
    Line line;
    line.Str("restart refused: ").Str(what).Str(": ");
    core::AddError(&line, error);
    core::Fatal(line);
  }

  // For a moment there are descriptors above the highest saved one.
  void RaiseLimit() {
    sys::Raw(__NR_getrlimit, RLIMIT_NOFILE, &limit_);
    rlimit raised = limit_;
    raised.rlim_cur = raised.rlim_max;
    sys::Raw(__NR_setrlimit, RLIMIT_NOFILE, &raised);
  }

  // A copy above all saved numbers.
  int Lift(int fd, const char* what) {
    const long r = sys::Fcntl(fd, F_DUPFD_CLOEXEC, base_);
    if (r < 0) Refuse(what, r);
    return static_cast<int>(r);
  }

  int Obtain(const FdRecord& record) {
    const long r = fault::At(fault::Point::restore_open);
    const char* path = reader_.String(record.path);
    if (r < 0) Refuse(path, r);
    struct stat st;
    const bool open_now = sys::Stat(record.fd, &st) >= 0;
    if (record.kind == FdKind::kInherited && open_now) {
      return TakeFromLauncher(record, st);
    }
    PathLine room;
    const long nameless = files_->OpenNameless(record);
    if (nameless < 0) {
      const char* now = MapPath(path, &room);
      return record.removed != 0 ? OpenRemoved(record, now)
                                 : Reopen(record, now);
    }
    return Position(record, path, static_cast<int>(nameless));
  }

  int MakeObject(const FdRecord& record) {
    const long r = fault::At(fault::Point::restore_open);
    const char* path = reader_.String(record.path);
    if (r < 0) Refuse(path, r);
    const long fd = workshop_.Make(record);
    if (fd < 0) Refuse(path, fd);
    sys::Fcntl(static_cast<int>(fd), F_SETFL, record.open_flags);
    const int lifted = Lift(static_cast<int>(fd), path);
    sys::Close(static_cast<int>(fd));
    return lifted;
  }

  // The new launcher's descriptor. If it is the file that the old one was, it
  // goes on where it was.
  int TakeFromLauncher(const FdRecord& record, const struct stat& st) {
    if (S_ISREG(st.st_mode) && st.st_dev == record.device &&
        st.st_ino == record.inode) {
      if (files_->IsEmptied(record)) {
        core::Say(Line().Str(reader_.String(record.path))
                      .Str(" has been emptied since the checkpoint; output "
                           "goes on at its end"));
        sys::Seek(record.fd, 0, SEEK_END);
      } else {
        sys::Seek(record.fd, static_cast<int64_t>(record.offset), SEEK_SET);
      }
    }
    return Lift(record.fd, reader_.String(record.path));
  }

  int OpenRemoved(const FdRecord& record, const char* path) {
    const int flags = static_cast<int>(record.open_flags) &
                      ~(O_CREAT | O_EXCL | O_TRUNC | O_TMPFILE);
    const long fd = OpenRemovedDirectory(path, flags);
    if (fd < 0) Refuse(path, fd);
    const int lifted = Lift(static_cast<int>(fd), path);
    sys::Close(static_cast<int>(fd));
    return lifted;
  }

  int Reopen(const FdRecord& record, const char* path) {
    const uint32_t type = record.mode & S_IFMT;
    const bool nameless = path[0] != '/' || type == S_IFIFO ||
                          type == S_IFSOCK;
    // A pipe of the old launcher that the new one has no counterpart of.
    if (nameless) path = "/dev/null";
    int flags = static_cast<int>(record.open_flags);
    flags &= ~(O_CREAT | O_EXCL | O_TRUNC | O_TMPFILE);
    flags |= O_NOCTTY | O_CLOEXEC;
    if (type == S_IFDIR) flags |= O_DIRECTORY;
    if (nameless) flags &= O_ACCMODE | O_CLOEXEC;
    // A FIFO in its place would make open wait for a writer.
    struct stat st;
    if (!nameless && sys::StatPath(path, &st) >= 0 &&
        (st.st_mode & S_IFMT) != type) {
      core::Fatal(Line().Str("restart refused: ").Str(path).Str(
          " is another kind of file than it was"));
    }
    const long fd = sys::Open(path, flags);
    if (fd < 0) Refuse(path, fd);
    return Position(record, path, static_cast<int>(fd));
  }

  // Takes over `fd`: at the old offset, above all saved numbers.
  int Position(const FdRecord& record, const char* path, int fd) {
    const uint32_t type = record.mode & S_IFMT;
    if (type == S_IFREG && (record.open_flags & O_PATH) == 0) {
      SeekFile(record, path, fd);
    }
    if (type == S_IFDIR) {
      sys::Seek(fd, static_cast<int64_t>(record.offset), SEEK_SET);
    }
    const int lifted = Lift(fd, path);
    sys::Close(fd);
    return lifted;
  }

  void SeekFile(const FdRecord& record, const char* path, int fd) {
    struct stat st;
    sys::Stat(fd, &st);
    const uint64_t size = static_cast<uint64_t>(st.st_size);
    const image::FilePolicy policy = files_->PolicyFor(record);
    uint64_t offset = record.offset;
    if (policy == image::FilePolicy::kIgnore && size < offset) offset = size;
    // A program may seek behind the end; a file that has become shorter has
    // lost something.
    if (policy == image::FilePolicy::kTruncate && !files_->IsKnown(record) &&
        size < record.offset && size < record.size) {
      core::Fatal(Line().Str("restart refused: ").Str(path).Str(" has ")
                      .Dec(size).Str(" bytes, the checkpoint was at offset ")
                      .Dec(record.offset).Str(" of ").Dec(record.size)
                      .Str(" (--files offset goes on)"));
    }
    const long r = sys::Seek(fd, static_cast<int64_t>(offset), SEEK_SET);
    if (r < 0) Refuse(path, r);
  }

  const image::Reader& reader_;
  Files* files_;
  Workshop workshop_;
  rlimit limit_ = {};
  int base_ = 3;
  int image_fd_;
};

}  // namespace

int RestoreDescriptors(const image::Reader& reader, Files* files,
                       int image_fd) {
  return Descriptors(reader, files, image_fd).Restore();
}

}  // namespace ckpt::restore
