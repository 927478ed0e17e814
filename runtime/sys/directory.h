// directory.h - the names in a directory (getdents64(2)). Header-only; no libc.

#ifndef CKPT_SYS_DIRECTORY_H
#define CKPT_SYS_DIRECTORY_H

#include "sys/file.h"

namespace ckpt::sys {

struct DirEntry {  // the kernel's struct linux_dirent64
  uint64_t inode;
  int64_t offset;
  uint16_t size;
  uint8_t type;
  char name[1];
};

// Calls visit(entry) for each entry of a directory; 0 or -errno.
template <typename Visit>
long ForEachEntry(const char* directory, Visit visit) {
  const long fd = Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fd;
  alignas(8) char buffer[8192];
  long n;
  while ((n = GetDents(static_cast<int>(fd), buffer, sizeof(buffer))) > 0) {
    for (long at = 0; at < n;) {
      const auto* entry = reinterpret_cast<const DirEntry*>(buffer + at);
      at += entry->size;
      visit(*entry);
    }
  }
  Close(static_cast<int>(fd));
  return n;
}

}  // namespace ckpt::sys

#endif
