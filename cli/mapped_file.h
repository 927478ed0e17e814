// mapped_file.h - a regular file's bytes, mapped read-only.

#ifndef CKPT_CLI_MAPPED_FILE_H
#define CKPT_CLI_MAPPED_FILE_H

#include <cstdint>
#include <string>

#include "base/types.h"

namespace ckpt::cli {

class MappedFile {
 public:
  MappedFile() = default;
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // 0 or an errno; EINVAL if `path` is no regular file.
  int Open(const std::string& path);

  Span<const uint8_t> bytes() const { return bytes_; }

 private:
  Span<const uint8_t> bytes_;
};

}  // namespace ckpt::cli

#endif
