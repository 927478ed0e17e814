// descriptors.cpp - see descriptors.h.

#include "track/descriptors.h"

#include <linux/kcmp.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "track/file_table.h"
#include "track/lost_name.h"
#include "track/objects.h"

namespace ckpt::track {
namespace {

using image::FdKind;
using image::FdRecord;

constexpr size_t kMaxFds = 1 << 16;
constexpr size_t kPathCapacity = 4352;
constexpr uint32_t kTypeMask = S_IFMT;
// What the file table adds: the number that was opened has them, a copy by
// fcntl or by the kernel has not.
constexpr uint32_t kCreationFlags = O_CREAT | O_EXCL | O_TRUNC;

// Offset and flags from fdinfo.
bool ReadFdInfo(const ProgramFiles& files, int fd, FdRecord* record) {
  char text[2048];
  const long n =
      sys::ReadWhole(files.Entry("fdinfo", fd).text(), text, sizeof(text));
  // Some kinds print much behind the first lines; those are what is needed.
  if (n < 0 && n != -27) return false;
  const char* pos = sys::StatusField(text, "pos:");
  const char* flags = sys::StatusField(text, "flags:");
  if (pos == nullptr || flags == nullptr) return false;
  record->offset = ParseNumber(&pos, 10);
  const uint64_t bits = ParseOctal(&flags);
  record->close_on_exec = (bits & O_CLOEXEC) != 0;
  record->open_flags =
      static_cast<uint32_t>(bits & ~uint64_t{O_CLOEXEC}) | CreationFlags(fd);
  return true;
}

bool IsInherited(Span<const InheritedFd> inherited, const FdRecord& record) {
  for (const InheritedFd& i : inherited) {
    if (i.device != record.device || i.inode != record.inode) continue;
    if (i.fd == record.fd) return true;
    // All objects that are not files share one inode.
    if ((record.mode & kTypeMask) == 0) continue;
    // A copy (dup) of an inherited pipe or terminal is the launcher's as well.
    if ((record.mode & kTypeMask) != S_IFREG) return true;
  }
  return false;
}

const char* KindName(uint32_t mode, const char* path) {
  switch (mode & kTypeMask) {
    case S_IFIFO:
      return "a pipe or FIFO";
    case S_IFSOCK:
      return "a socket";
    case S_IFBLK:
      return "a block device";
    case S_IFCHR:
      return "a device";
    case S_IFREG:
      return "an unlinked file";
    default:
      break;
  }
  return StartsWith(path, "anon_inode:") ? path + StrLen("anon_inode:")
                                         : "of an unknown kind";
}

// Devices without state, and terminals: opened again by path.
bool IsPlainDevice(uint64_t rdev) {
  const unsigned n = major(rdev);
  return n == 1 || n == 4 || n == 5 || (n >= 136 && n <= 143);
}

// A POSIX message queue looks like a regular file with a name or without.
bool IsMessageQueue(const ProgramFiles& files, int fd) {
  constexpr long kMessageQueues = 0x19800202;  // MQUEUE_MAGIC
  struct statfs fs;
  return sys::Raw(__NR_statfs, files.Entry("fd", fd).text(), &fs) >= 0 &&
         fs.f_type == kMessageQueues;
}

bool Classify(Span<const InheritedFd> inherited, uint64_t rdev,
              const char* path, bool gone, FdRecord* record) {
  const uint32_t type = record->mode & kTypeMask;
  if (IsInherited(inherited, *record)) {
    record->kind = FdKind::kInherited;
  } else if (type == S_IFREG && (!gone || HasLostName(path))) {
    record->kind = FdKind::kRegular;
  } else if (type == S_IFDIR && (!gone || HasLostName(path))) {
    record->kind = FdKind::kDirectory;
  } else if (type == S_IFCHR && IsPlainDevice(rdev)) {
    record->kind = FdKind::kDevice;
  } else if (IsObject(path, record->mode)) {
    record->kind = FdKind::kObject;
  } else {
    return false;
  }
  return true;
}

// A total order of open files, in which descriptors that share one (dup) are
// equal: as memcmp says it. The kernel has an order of its own for the open
// files of one file.
int CompareOpenFiles(const ProgramFiles& files, const FdRecord& a,
                     const FdRecord& b) {
  const uint64_t keys[][2] = {
      {a.device, b.device},
      {a.inode, b.inode},
      {a.offset, b.offset},
      {a.open_flags & ~kCreationFlags, b.open_flags & ~kCreationFlags}};
  for (const auto& key : keys) {
    if (key[0] != key[1]) return key[0] < key[1] ? -1 : 1;
  }
  const int pid = files.tid();
  const long r = sys::Raw(__NR_kcmp, pid, pid, KCMP_FILE, a.fd, b.fd);
  return r == 1 ? -1 : r == 0 ? 0 : 1;
}

// Sorts `count` numbers by `less`.
template <typename Less>
void Sort(int* values, size_t count, Less less) {
  for (size_t gap = count / 2; gap > 0; gap /= 2) {
    for (size_t i = gap; i < count; ++i) {
      const int value = values[i];
      size_t k = i;
      for (; k >= gap && less(value, values[k - gap]); k -= gap) {
        values[k] = values[k - gap];
      }
      values[k] = value;
    }
  }
}

// Enters which descriptors share an open file: all but the first name that one.
// `order` has room for as many numbers as there are descriptors.
void FindShared(const ProgramFiles& files, ArenaList<FdRecord>* fds,
                int* order) {
  const size_t count = fds->size();
  for (size_t i = 0; i < count; ++i) order[i] = static_cast<int>(i);
  Sort(order, count, [&](int a, int b) {
    const int c = CompareOpenFiles(files, (*fds)[static_cast<size_t>(a)],
                                   (*fds)[static_cast<size_t>(b)]);
    return c < 0 || (c == 0 && a < b);
  });
  const FdRecord* first = nullptr;
  for (size_t i = 0; i < count; ++i) {
    FdRecord& record = (*fds)[static_cast<size_t>(order[i])];
    if (first != nullptr && CompareOpenFiles(files, *first, record) == 0) {
      record.same_as = first->fd;
    } else {
      record.same_as = -1;
      first = &record;
    }
  }
}

// False for what only looks like a file with a name.
bool IsReachable(const char* path) {
  struct stat st;
  return sys::StatPath(path, &st) >= 0;
}

// A file of this process under /proc is meant, not of whoever has the id later.
const PathLine& OwnProcPath(const char* path, PathLine* own) {
  *own = PathLine();
  char self[32];
  Line prefix;
  prefix.Str("/proc/");
  if (sys::ReadLink("/proc/self", self, sizeof(self)) > 0) prefix.Str(self);
  prefix.Char('/');
  if (StartsWith(path, prefix.text())) {
    return own->Str("/proc/self/").Str(path + prefix.size());
  }
  return own->Str(path);
}

}  // namespace

uint32_t ListInherited(InheritedFd* out, uint32_t capacity) {
  int fds[256];
  const long n = sys::ListNumbers("/proc/self/fd", fds, 256);
  uint32_t count = 0;
  for (long i = 0; i < n && count < capacity; ++i) {
    struct stat st;
    // The listing's own descriptor is closed by now.
    if (sys::Stat(fds[i], &st) < 0) continue;
    out[count++] = {fds[i], st.st_dev, st.st_ino};
  }
  return count;
}

uint32_t PruneInherited(const ProgramFiles& files, InheritedFd* list,
                        uint32_t count) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; ++i) {
    struct stat st;
    if (files.Stat(list[i].fd, &st) >= 0 && st.st_dev == list[i].device &&
        st.st_ino == list[i].inode) {
      list[kept++] = list[i];
    }
  }
  return kept;
}

void RefreshInherited(const ProgramFiles& files, Span<InheritedFd> list) {
  for (InheritedFd& i : list) {
    struct stat st;
    if (files.Stat(i.fd, &st) < 0) continue;
    i.device = st.st_dev;
    i.inode = st.st_ino;
  }
}

bool CollectDescriptors(const ProgramFiles& files,
                        Span<const InheritedFd> inherited, Arena* scratch,
                        ArenaList<image::FdRecord>* fds, Strings* strings,
                        Line* reason) {
  int* numbers = scratch->Take<int>(kMaxFds);
  char* path = scratch->Take<char>(kPathCapacity);
  const long n =
      numbers == nullptr || path == nullptr
          ? -12
          : sys::ListNumbers(files.Directory().text(), numbers, kMaxFds);
  if (n < 0) {
    reason->Str("cannot list the open descriptors");
    return false;
  }
  Sort(numbers, static_cast<size_t>(n), [](int a, int b) { return a < b; });
  PathLine own;
  for (long i = 0; i < n; ++i) {
    struct stat st;
    const int fd = numbers[i];
    if (files.Stat(fd, &st) < 0) continue;
    FdRecord record{};
    record.fd = fd;
    record.device = st.st_dev;
    record.inode = st.st_ino;
    record.size = static_cast<uint64_t>(st.st_size);
    record.mode = st.st_mode;
    const long length =
        sys::ReadLink(files.Entry("fd", fd).text(), path, kPathCapacity);
    const bool known = length >= 0 && ReadFdInfo(files, fd, &record);
    const bool gone = st.st_nlink == 0 || path[0] != '/';
    const bool queue =
        (st.st_mode & kTypeMask) == S_IFREG && IsMessageQueue(files, fd);
    if (!known || queue ||
        !Classify(inherited, st.st_rdev, path, gone, &record)) {
      reason->Str("descriptor ")
          .Dec(static_cast<uint64_t>(fd))
          .Str(" is ")
          .Str(queue ? "a POSIX message queue"
                     : KindName(st.st_mode, known ? path : ""))
          .Str(", which cannot be carried over a restart");
      return false;
    }
    const bool file = record.kind == FdKind::kRegular;
    const bool fifo = record.kind == FdKind::kObject && path[0] == '/';
    const bool marked = (file || fifo || record.kind == FdKind::kDirectory) &&
                        HasLostName(path);
    if (marked && gone) {
      CutMark(path);
      record.removed = 1;
    } else if (marked) {
      FindOtherName(st, path, kPathCapacity);
    }
    if (file && record.removed == 0 && !IsReachable(path)) {
      reason->Str("descriptor ")
          .Dec(static_cast<uint64_t>(fd))
          .Str(" (")
          .Str(path)
          .Str(") has no path by which it can be opened again");
      return false;
    }
    record.path = strings->Add(OwnProcPath(path, &own).text());
    image::FdRecord* added = fds->Add();
    if (added == nullptr) {
      reason->Str("too many open descriptors");
      return false;
    }
    *added = record;
  }
  FindShared(files, fds, numbers);
  return true;
}

}  // namespace ckpt::track
