// advice.cpp - see advice.h.

#include "track/advice.h"

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"

namespace ckpt::track {
namespace {

// The lines of a file that need not fit in memory.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}

  // nullptr at the end or after an error.
  char* Next() {
    for (;;) {
      for (size_t i = at_; i < size_; ++i) {
        if (text_[i] != '\n') continue;
        text_[i] = '\0';
        char* line = text_ + at_;
        at_ = i + 1;
        return line;
      }
      if (!Fill()) return nullptr;
    }
  }
  long error() const { return error_; }

 private:
  bool Fill() {
    __builtin_memmove(text_, text_ + at_, size_ - at_);
    size_ -= at_;
    at_ = 0;
    const long n = sys::Read(fd_, text_ + size_, sizeof(text_) - size_);
    if (n < 0) error_ = n;
    if (n <= 0) return false;
    size_ += static_cast<size_t>(n);
    return true;
  }

  const int fd_;
  long error_ = 0;
  size_t at_ = 0, size_ = 0;
  char text_[16384];
};

constexpr struct {
  char name[3];
  uint32_t bit;
} kFlags[] = {
    {"rr", image::kAdviceRandom},     {"sr", image::kAdviceSequential},
    {"dc", image::kAdviceDontFork},   {"mg", image::kAdviceMergeable},
    {"hg", image::kAdviceHugePage},   {"nh", image::kAdviceNoHugePage},
    {"dd", image::kAdviceDontDump},   {"wf", image::kAdviceWipeOnFork},
    {"nr", image::kAdviceNoReserve},  {"gd", image::kAdviceGrowsDown},
    {"dp", image::kAdviceDroppable},  {"sl", image::kAdviceSealed},
    {"lo", image::kAdviceLocked},     {"lf", image::kAdviceLockOnFault},
};

}  // namespace

uint32_t AdviceOf(const char* flags) {
  uint32_t advice = 0;
  for (const char* p = flags; *p != '\0';) {
    if (*p == ' ') {
      ++p;
      continue;
    }
    for (const auto& flag : kFlags) {
      if (p[0] == flag.name[0] && p[1] == flag.name[1]) advice |= flag.bit;
    }
    while (*p != ' ' && *p != '\0') ++p;
  }
  return advice;
}

long ReadAdvice(Span<image::VmaRecord> vmas) {
  const long fd = sys::Open("/proc/thread-self/smaps", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  LineReader lines(static_cast<int>(fd));
  sys::MapLine map{};
  size_t next = 0;
  for (char* line; next < vmas.size && (line = lines.Next()) != nullptr;) {
    constexpr char kKey[] = "VmFlags:";
    if (!StartsWith(line, kKey)) {
      sys::MapLine other;
      if (sys::ParseMapLine(line, &other)) map = other;
      continue;
    }
    const uint32_t advice = AdviceOf(line + sizeof(kKey) - 1);
    // An area of the image may be a part of a mapping.
    while (next < vmas.size && vmas[next].start < map.end) {
      image::VmaRecord& vma = vmas[next];
      const bool stack = vma.kind == image::VmaKind::kStack;
      if (vma.start >= map.start) {
        vma.advice = stack ? advice & ~image::kAdviceGrowsDown : advice;
      }
      ++next;
    }
  }
  sys::Close(static_cast<int>(fd));
  return lines.error();
}

}  // namespace ckpt::track
