// build_id.h - tells one build of a program or library from another, and one
// command line from another. No libc: coordinator, and before a restore.

#ifndef CKPT_CORE_BUILD_ID_H
#define CKPT_CORE_BUILD_ID_H

#include <stdint.h>

namespace ckpt::core {

struct BuildId {
  uint32_t size = 0;  // 0: not ELF, or without one
  uint8_t bytes[20] = {};
};

// The NT_GNU_BUILD_ID note of an ELF file; without one, a checksum of the whole
// of a program's or library's bytes would be too slow, so the size stays 0 and
// the caller compares size and modification time.
BuildId BuildIdOfFile(const char* path);

// XXH3 over the program's own arguments, each with its NUL; argv[0] is left
// out, because the same program can be called by different paths.
uint64_t ArgumentsChecksum(int argc, char* const* argv);

}  // namespace ckpt::core

#endif
