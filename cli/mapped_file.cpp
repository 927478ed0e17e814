// mapped_file.cpp - see mapped_file.h.

#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ckpt::cli {

MappedFile::~MappedFile() {
  if (bytes_.size != 0) {
    munmap(const_cast<uint8_t*>(bytes_.data), bytes_.size);
  }
}

int MappedFile::Open(const std::string& path) {
  // O_NONBLOCK: a FIFO must not make the tool wait.
  const int fd =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return errno;
  struct stat status;
  int error = 0;
  if (fstat(fd, &status) != 0) {
    error = errno;
  } else if (!S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  } else if (status.st_size > 0) {
    const auto size = static_cast<size_t>(status.st_size);
    void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
      error = errno;
    } else {
      bytes_ = {static_cast<const uint8_t*>(data), size};
    }
  }
  close(fd);
  return error;
}

}  // namespace ckpt::cli
