// pagemap.h - which pages of a mapping hold something worth saving
// (PAGEMAP_SCAN of Linux 6.7, else /proc/self/pagemap; the kernel's
// Documentation/admin-guide/mm/pagemap.rst). No allocation, no libc: usable
// with the world stopped.

#ifndef CKPT_SYS_PAGEMAP_H
#define CKPT_SYS_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt::sys {

struct PageRun {
  uint64_t start, end;
  bool guard = false;  // pages that cannot be read (MADV_GUARD_INSTALL)
};

// Private memory: pages that are present or swapped out, not the shared zero
// page and, in a file mapping, not the file's own any more. Or, in any mapping,
// only guard pages.
enum class PageFilter { kAnonymous, kPrivateFile, kGuards };

class Pagemap {
 public:
  // 0 or -errno. Close must follow a successful Open.
  long Open();
  void Close();

  // Calls `visit(context, run)` for each run of pages in [start, end) that the
  // filter lets through, and for guard pages, ascending. 0 or -errno.
  using Visitor = void (*)(void* context, PageRun run);
  long Scan(uint64_t start, uint64_t end, PageFilter filter, Visitor visit,
            void* context);

  // False if the kernel is known not to tell guard pages from others.
  bool has_guards() const { return has_guards_ && has_ioctl_; }

 private:
  long ScanByIoctl(uint64_t start, uint64_t end, PageFilter filter,
                   Visitor visit, void* context);
  long ScanByEntries(uint64_t start, uint64_t end, PageFilter filter,
                     Visitor visit, void* context);
  int fd_ = -1;
  bool has_ioctl_ = true;
  bool has_guards_ = true;
};

}  // namespace ckpt::sys

#endif
