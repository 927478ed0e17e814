// pagemap.cpp - see pagemap.h.

#include "sys/pagemap.h"

#include "sys/file.h"

namespace ckpt::sys {
namespace {

// linux/fs.h of Linux 6.7; Debian 12's headers are older.
struct PmScanArg {
  uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
  uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
struct PmRegion {
  uint64_t start, end, categories;
};
constexpr uint64_t kPmScan = 0xc0606610;  // _IOWR('f', 16, struct pm_scan_arg)
static_assert(sizeof(PmScanArg) == 0x60);
constexpr uint64_t kPageIsFile = 1 << 2;
constexpr uint64_t kPageIsPresent = 1 << 3;
constexpr uint64_t kPageIsSwapped = 1 << 4;
constexpr uint64_t kPageIsPfnZero = 1 << 5;
constexpr uint64_t kPageIsGuard = 1 << 8;  // MADV_GUARD_INSTALL: cannot be read

// Bits of a /proc/self/pagemap entry.
constexpr uint64_t kEntryPresent = 1ull << 63;
constexpr uint64_t kEntrySwapped = 1ull << 62;
constexpr uint64_t kEntryFile = 1ull << 61;  // file page or shared anonymous

constexpr uint64_t kPage = 4096;

}  // namespace

long Pagemap::Open() {
  const long fd = sys::Open("/proc/thread-self/pagemap", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  fd_ = static_cast<int>(fd);
  return 0;
}

void Pagemap::Close() {
  sys::Close(fd_);
  fd_ = -1;
}

long Pagemap::Scan(uint64_t start, uint64_t end, PageFilter filter,
                   Visitor visit, void* context) {
  if (has_ioctl_) {
    const long r = ScanByIoctl(start, end, filter, visit, context);
    if (r != -25 && r != -22) return r;  // ENOTTY, EINVAL: an older kernel
    has_ioctl_ = false;
  }
  // Such a kernel has none.
  if (filter == PageFilter::kGuards) return 0;
  return ScanByEntries(start, end, filter, visit, context);
}

long Pagemap::ScanByIoctl(uint64_t start, uint64_t end, PageFilter filter,
                          Visitor visit, void* context) {
  PmRegion regions[128];
  uint64_t at = start;
  while (at < end) {
    PmScanArg arg{};
    arg.size = sizeof(arg);
    arg.start = at;
    arg.end = end;
    arg.vec = reinterpret_cast<uint64_t>(regions);
    arg.vec_len = sizeof(regions) / sizeof(regions[0]);
    if (filter == PageFilter::kGuards) {
      if (!has_guards_) return 0;
      arg.category_mask = kPageIsGuard;
    } else {
      arg.category_anyof_mask = kPageIsPresent | kPageIsSwapped;
      arg.category_inverted = kPageIsPfnZero;
      arg.category_mask = kPageIsPfnZero;
      if (filter == PageFilter::kPrivateFile) {
        arg.category_inverted |= kPageIsFile;
        arg.category_mask |= kPageIsFile;
      }
    }
    arg.return_mask = kPageIsPresent;
    if (has_guards_) arg.return_mask |= kPageIsGuard;
    const long n = Raw(__NR_ioctl, fd_, kPmScan, &arg);
    if (n == -22 && has_guards_) {  // EINVAL: before Linux 6.15
      has_guards_ = false;
      continue;
    }
    if (n < 0) return n;
    for (long i = 0; i < n; ++i) {
      visit(context, {regions[i].start, regions[i].end,
                      (regions[i].categories & kPageIsGuard) != 0});
    }
    // walk_end can lie before the last region (seen on 6.18): a full vector
    // means there may be more, a shorter one that the walk is complete.
    if (static_cast<uint64_t>(n) < arg.vec_len) return 0;
    const uint64_t last = regions[n - 1].end;
    at = arg.walk_end > last ? arg.walk_end : last;
  }
  return 0;
}

long Pagemap::ScanByEntries(uint64_t start, uint64_t end, PageFilter filter,
                            Visitor visit, void* context) {
  uint64_t entries[512];
  PageRun run{0, 0};
  for (uint64_t at = start; at < end;) {
    const uint64_t pages = (end - at) / kPage;
    const uint64_t count = pages < 512 ? pages : 512;
    const long r = PreadAll(fd_, entries, count * sizeof(entries[0]),
                            at / kPage * sizeof(entries[0]));
    if (r < 0) return r;
    for (uint64_t i = 0; i < count; ++i, at += kPage) {
      const uint64_t e = entries[i];
      const bool wanted =
          (e & (kEntryPresent | kEntrySwapped)) != 0 &&
          !(filter == PageFilter::kPrivateFile && (e & kEntryFile) != 0);
      if (wanted && run.end == at && run.end != 0) {
        run.end += kPage;
      } else if (wanted) {
        if (run.end != 0) visit(context, run);
        run = {at, at + kPage};
      }
    }
  }
  if (run.end != 0) visit(context, run);
  return 0;
}

}  // namespace ckpt::sys
