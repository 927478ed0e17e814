// publish.cpp - see publish.h.

#include "core/publish.h"

#include <elf.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "core/state.h"
#include "image/format.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

constexpr char kMiddle[] = ".chkpt.";

void ImagePath(uint64_t number, PathLine* path) {
  path->Str(g_state.options.directory).Char('/').Str(g_state.name);
  path->Str(kMiddle).Dec(number);
}

// The head of an image, unchecked: enough to know whose it is.
bool ReadHead(const char* path, image::HeadRecord* head) {
  const long opened = sys::Open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) return false;
  const int fd = static_cast<int>(opened);
  struct {
    Elf64_Ehdr file;
    Elf64_Phdr notes;
  } start;
  constexpr uint64_t kDescriptor = 24;  // behind header and "CKPT"
  const bool ok =
      sys::PreadAll(fd, &start, sizeof(start), 0) >= 0 &&
      BytesEq(start.file.e_ident, ELFMAG, SELFMAG) &&
      sys::PreadAll(fd, head, sizeof(*head),
                    start.notes.p_offset + kDescriptor) >= 0 &&
      head->magic == image::kMagic;
  sys::Close(fd);
  return ok;
}

bool IsOfThisRun(uint64_t number) {
  PathLine path;
  ImagePath(number, &path);
  image::HeadRecord head;
  return ReadHead(path.text(), &head) &&
         BytesEq(head.run_id, g_state.run_id, sizeof(head.run_id));
}

// .<name>.chkpt.<run id>.<pid>.tmp
void TemporaryPrefix(Line* prefix) {
  prefix->Char('.').Str(g_state.name).Str(kMiddle);
  for (uint8_t byte : g_state.run_id) prefix->Hex(byte, 2);
  prefix->Char('.');
}

// A temporary file of this run whose process is gone.
void RemoveStaleTemporary(const char* entry) {
  Line prefix;
  TemporaryPrefix(&prefix);
  if (!StartsWith(entry, prefix.text())) return;
  const char* p = entry + prefix.size();
  const int pid = static_cast<int>(ParseNumber(&p, 10));
  if (pid <= 0 || pid == sys::GetPid() || !StrEq(p, ".tmp") ||
      sys::Raw(__NR_kill, pid, 0) != -3) {  // ESRCH
    return;
  }
  PathLine path;
  path.Str(g_state.options.directory).Char('/').Str(entry);
  sys::Unlink(path.text());
}

long SyncDirectory(const char* directory) {
  long r = fault::At(fault::Point::dir_sync);
  if (r < 0) return r;
  const long fd = sys::Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fd;
  r = sys::Fsync(static_cast<int>(fd));
  sys::Close(static_cast<int>(fd));
  // Some file systems cannot sync a directory.
  return r == -22 ? 0 : r;
}

// Gives the file `fd`, now `from` or without a name, the name `to` unless that
// exists. 0 or -errno.
long TakeName(int fd, const char* from, const char* to) {
  long r = fault::At(fault::Point::image_rename);
  if (r < 0) return r;
  if (from[0] == '\0') return sys::LinkNameless(fd, to);
  r = sys::RenameNoReplace(from, to);
  if (r != -22 && r != -38) return r;  // EINVAL, ENOSYS: not on this one
  r = sys::Link(from, to);
  if (r >= 0) sys::Unlink(from);
  return r;
}

}  // namespace

long ForEachImage(const char* directory, const char* name,
                  void (*visit)(void* context, uint64_t number),
                  void* context) {
  return sys::ForEachEntry(directory, [&](const sys::DirEntry& entry) {
    if (!StartsWith(entry.name, name)) return;
    const char* p = entry.name + StrLen(name);
    if (!StartsWith(p, kMiddle)) return;
    p += StrLen(kMiddle);
    const char* digits = p;
    const uint64_t number = ParseNumber(&p, 10);
    constexpr int kMaxDigits = 18;  // there is always a next one
    if (p == digits || p - digits > kMaxDigits) return;
    if (*p == '\0' && *digits != '0') visit(context, number);
  });
}

uint64_t NextSequence() {
  uint64_t last = g_state.sequence.load(std::memory_order_relaxed);
  ForEachImage(
      g_state.options.directory, g_state.name,
      [](void* context, uint64_t number) {
        auto* newest = static_cast<uint64_t*>(context);
        if (number > *newest) *newest = number;
      },
      &last);
  return last + 1;
}

const char* ImageFile::directory() const { return g_state.options.directory; }

namespace {

void TemporaryPath(PathLine* path) {
  Line prefix;
  TemporaryPrefix(&prefix);
  path->Str(g_state.options.directory).Char('/').Str(prefix.text());
  path->Dec(static_cast<uint64_t>(sys::GetPid())).Str(".tmp");
}

}  // namespace

// Each side first does its part and then looks at the other (AbandonTemporary):
// one of them removes the file, so the order is the total one.
long ImageFile::CreateTemporary() {
  TemporaryPath(&temporary_);
  sys::Unlink(temporary_.text());
  const long fd =
      sys::Open(temporary_.text(),
                O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || g_state.ending.load(std::memory_order_seq_cst) == 0) return fd;
  sys::Unlink(temporary_.text());
  sys::Close(static_cast<int>(fd));
  return -125;  // ECANCELED
}

void AbandonTemporary() {
  g_state.ending.store(1, std::memory_order_seq_cst);
  PathLine path;
  TemporaryPath(&path);
  sys::Unlink(path.text());
}

long ImageFile::Create(uint64_t size) {
  long r = fault::At(fault::Point::image_create);
  if (r < 0) return r;
  temporary_ = PathLine();
  // Without a name it goes with the process that is killed meanwhile.
  long fd = fault::At(fault::Point::image_nameless);
  if (fd >= 0) fd = sys::OpenNameless(directory(), 0600);
  if (fd < 0) fd = CreateTemporary();
  if (fd < 0) return fd;
  fd_ = static_cast<int>(fd);
  // The mode is 0600 under any umask; room in advance finds a full disk before
  // the threads have waited for the writing, and makes the writing faster.
  sys::Raw(__NR_fchmod, fd_, 0600);
  r = sys::Raw(__NR_fallocate, fd_, 0, 0, size);
  if (r < 0 && r != -95 && r != -38) {  // EOPNOTSUPP, ENOSYS
    Discard();
    return r;
  }
  return fd;
}

long ImageFile::Publish(uint64_t sequence, PathLine* path) {
  long r = fault::At(fault::Point::image_sync);
  if (r >= 0) r = sys::Fsync(fd_);
  if (r < 0) return r;
  *path = PathLine();
  ImagePath(sequence, path);
  r = TakeName(fd_, temporary_.text(), path->text());
  if (r < 0) return r;
  sys::Close(fd_);
  fd_ = -1;
  g_state.sequence.store(sequence, std::memory_order_relaxed);
  return SyncDirectory(directory());
}

void ImageFile::Discard() {
  if (fd_ < 0) return;
  sys::Close(fd_);
  fd_ = -1;
  if (temporary_.size() != 0) sys::Unlink(temporary_.text());
}

void RemoveOld(uint64_t newest) {
  const uint32_t keep = g_state.options.keep;
  if (keep != 0) {
    // Which numbers are this run's, then how many newer ones each has.
    struct Numbers {
      uint64_t* list;
      size_t count, capacity;
    } numbers;
    numbers.capacity = 1 << 17;
    const long memory = sys::MapAnonymous(numbers.capacity * 8);
    if (sys::IsError(memory)) return;
    numbers.list = reinterpret_cast<uint64_t*>(memory);
    numbers.count = 0;
    ForEachImage(
        g_state.options.directory, g_state.name,
        [](void* context, uint64_t number) {
          auto* n = static_cast<Numbers*>(context);
          if (n->count < n->capacity && IsOfThisRun(number)) {
            n->list[n->count++] = number;
          }
        },
        &numbers);
    for (size_t i = 0; i < numbers.count; ++i) {
      uint32_t newer = 0;
      for (size_t k = 0; k < numbers.count; ++k) {
        if (numbers.list[k] > numbers.list[i]) ++newer;
      }
      if (newer < keep || numbers.list[i] >= newest) continue;
      PathLine path;
      ImagePath(numbers.list[i], &path);
      sys::Unlink(path.text());
    }
    sys::Unmap(static_cast<uint64_t>(memory), numbers.capacity * 8);
  }
  sys::ForEachEntry(g_state.options.directory,
               [](const sys::DirEntry& entry) {
                 RemoveStaleTemporary(entry.name);
               });
}

}  // namespace ckpt::core
