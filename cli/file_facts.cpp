// file_facts.cpp - see file_facts.h.

#include "file_facts.h"

namespace ckpt::cli {

std::vector<WrittenFile> FindFiles(const image::Reader& reader) {
  constexpr const char* kPolicies[] = {"truncate", "offset", "content",
                                       "ignore"};
  std::vector<WrittenFile> list;
  for (const image::FileRecord& file : reader.files()) {
    WrittenFile facts;
    facts.path = reader.String(file.path);
    facts.policy = kPolicies[static_cast<uint32_t>(file.policy)];
    if ((file.flags & image::kFileUnlinked) != 0) facts.policy = "unlinked";
    if ((file.flags & image::kFilePattern) != 0) facts.policy = "pattern";
    facts.size = file.size;
    for (uint32_t i = 0; i < file.block_count; ++i) {
      facts.saved += reader.file_blocks()[file.first_block + i].size;
    }
    list.push_back(facts);
  }
  return list;
}

}  // namespace ckpt::cli
