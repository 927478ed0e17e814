// rollback.cpp - see rollback.h. Each step leaves alone what is as it shall be,
// and can be done again.

#include "core/rollback.h"

#include <linux/falloc.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "core/message.h"
#include "image/checksum.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "track/file_rules.h"

namespace ckpt::core {
namespace {

using image::FilePolicy;
using restore::PlanFile;

class Rollback {
 public:
  explicit Rollback(const restore::Plan& plan) : plan_(plan) {}

  void Run() {
    const long memory = sys::MapAnonymous(2 * image::kMaxBlock);
    if (sys::IsError(memory)) Fail("files", memory);
    saved_ = reinterpret_cast<char*>(memory);
    found_ = saved_ + image::kMaxBlock;
    for (uint64_t i = 0; i < plan_.file_count; ++i) {
      const PlanFile& file = plan_.files[i];
      if (file.goes_back == 0) continue;
      const long r = (file.record.flags & image::kFilePattern) != 0
                         ? RemoveNewer(file)
                         : OneFile(file);
      if (r < 0) Fail(file.path, r);
    }
    sys::Unmap(static_cast<uint64_t>(memory), 2 * image::kMaxBlock);
  }

 private:
  [[noreturn]] static void Fail(const char* what, long error) {
    Line line;
    line.Str("restart failed: ").Str(what).Str(": ");
    AddError(&line, error);
    Fatal(line);
  }

  long OneFile(const PlanFile& file) {
    const bool content = file.policy == FilePolicy::kContent;
    struct stat st;
    long r = sys::LinkStatPath(file.path, &st);
    const uint64_t size = static_cast<uint64_t>(st.st_size);
    if (r < 0 || (!content && size <= file.record.size)) return r;
    r = fault::At(fault::Point::rollback);
    if (r >= 0) {
      r = sys::Open(file.path, (content ? O_RDWR : O_WRONLY) | O_CLOEXEC |
                                   O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    }
    if (r < 0) return r;
    const int fd = static_cast<int>(r);
    r = content ? PutBack(fd, file, st) : 0;
    if (r >= 0 && size != file.record.size) {
      r = sys::Raw(__NR_ftruncate, fd, file.record.size);
    }
    sys::Close(fd);
    return r;
  }

  long PutBack(int fd, const PlanFile& file, const struct stat& st) {
    const uint64_t size = static_cast<uint64_t>(st.st_size);
    uint64_t at = 0;
    for (uint32_t i = 0; i < file.record.block_count; ++i) {
      const image::FileBlockRecord& block =
          plan_.file_blocks[file.record.first_block + i];
      long r = Empty(fd, at, block.offset, size);
      if (r >= 0) r = Block(fd, block);
      if (r < 0) return r;
      at = block.offset + block.size;
    }
    const long r = Empty(fd, at, file.record.size, size);
    if (r < 0) return r;
    if ((st.st_mode & 07777) != (file.record.mode & 07777)) {
      sys::Raw(__NR_fchmod, fd, file.record.mode & 07777);
    }
    return 0;
  }

  // A hole, as far as the file goes now.
  static long Empty(int fd, uint64_t start, uint64_t end, uint64_t size) {
    if (end > size) end = size;
    if (start >= end) return 0;
    const long data = sys::Seek(fd, static_cast<int64_t>(start), SEEK_DATA);
    if (data == -6 || (data >= 0 && static_cast<uint64_t>(data) >= end)) {
      return 0;  // ENXIO: it is one
    }
    const long r =
        sys::Raw(__NR_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                 start, end - start);
    if (r != -95) return r;  // EOPNOTSUPP
    static constexpr char kZeros[4096] = {};
    while (start < end) {
      const uint64_t n =
          end - start < sizeof(kZeros) ? end - start : sizeof(kZeros);
      const long w = sys::PwriteAll(fd, kZeros, n, start);
      if (w < 0) return w;
      start += n;
    }
    return 0;
  }

  // Written only where it differs.
  long Block(int fd, const image::FileBlockRecord& block) {
    long r = fault::At(fault::Point::rollback);
    if (r >= 0) {
      r = sys::PreadAll(plan_.image_fd, saved_, block.size, block.file_offset);
    }
    if (r < 0) return r;
    if (sys::PreadAll(fd, found_, block.size, block.offset) >= 0 &&
        image::Xxh3(saved_, block.size) == image::Xxh3(found_, block.size)) {
      return 0;
    }
    return sys::PwriteAll(fd, saved_, block.size, block.offset);
  }

  // What a pattern of content matches and the checkpoint did not know.
  long RemoveNewer(const PlanFile& pattern) {
    PathLine directory;
    const size_t length = track::PatternDirectory(pattern.path);
    for (size_t i = 0; i < length; ++i) directory.Char(pattern.path[i]);
    long failed = 0;
    const long r =
        sys::ForEachEntry(directory.text(), [&](const sys::DirEntry& entry) {
          PathLine path;
          path.Str(directory.text()).Char('/').Str(entry.name);
          if (!track::MatchesPattern(pattern.path, path.text()) ||
              track::IsImageName(entry.name) || IsKnown(path.text()) ||
              !IsNewer(path.text())) {
            return;
          }
          long error = fault::At(fault::Point::rollback);
          if (error >= 0) error = sys::Unlink(path.text());
          if (error < 0) failed = error;
        });
    if (r < 0 && r != -2) return r;  // ENOENT
    return failed;
  }

  bool IsKnown(const char* path) const {
    for (uint64_t i = 0; i < plan_.file_count; ++i) {
      if (StrEq(plan_.files[i].path, path)) return true;
    }
    return false;
  }

  // A regular file of the user's that came into being after the checkpoint.
  bool IsNewer(const char* path) const {
    struct stat st;
    if (sys::LinkStatPath(path, &st) < 0 || !S_ISREG(st.st_mode) ||
        st.st_uid != static_cast<uint32_t>(sys::Raw(__NR_geteuid))) {
      return false;
    }
    const long fd = sys::Open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    const int64_t birth = sys::BirthTime(static_cast<int>(fd));
    sys::Close(static_cast<int>(fd));
    return birth > plan_.time_ns - sys::kFileClockGrainNs;
  }

  const restore::Plan& plan_;
  char* saved_;
  char* found_;
};

}  // namespace

void RollBackFiles(const restore::Plan& plan) {
  if (plan.file_count != 0) Rollback(plan).Run();
  sys::Close(plan.image_fd);
}

}  // namespace ckpt::core
