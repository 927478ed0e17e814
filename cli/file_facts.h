// file_facts.h - what an image remembers about files, for `ckpt info`.

#ifndef CKPT_CLI_FILE_FACTS_H
#define CKPT_CLI_FILE_FACTS_H

#include <cstdint>
#include <string>
#include <vector>

#include "image/reader.h"

namespace ckpt::cli {

struct WrittenFile {
  std::string path;
  std::string policy;  // as --files has it; "pattern", "unlinked"
  uint64_t size = 0;
  uint64_t saved = 0;  // bytes of content in the image
};

std::vector<WrittenFile> FindFiles(const image::Reader& reader);

}  // namespace ckpt::cli

#endif
