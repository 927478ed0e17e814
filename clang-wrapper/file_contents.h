// file_contents.h - a whole file in memory.

#ifndef CKPT_CLANG_WRAPPER_FILE_CONTENTS_H_
#define CKPT_CLANG_WRAPPER_FILE_CONTENTS_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace ckpt::wrapper {

// Only regular files: reading a FIFO here would take from the compiler what is
// meant for it.
inline std::optional<std::string> ReadFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  std::string contents;
  struct stat status = {};
  bool ok = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  if (ok) {
    contents.resize(static_cast<size_t>(status.st_size));
    size_t done = 0;
    ssize_t count = 0;
    while (done < contents.size() &&
           (count = read(fd, contents.data() + done, contents.size() - done)) >
               0) {
      done += static_cast<size_t>(count);
    }
    contents.resize(done);
  }
  close(fd);
  if (!ok) return std::nullopt;
  return contents;
}

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_FILE_CONTENTS_H_
