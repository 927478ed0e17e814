// build_id.cpp - see build_id.h.

#include "core/build_id.h"

#include <elf.h>

#include "base/bytes.h"
#include "base/types.h"
#include "image/checksum.h"
#include "sys/file.h"

namespace ckpt::core {
namespace {

// Looks through the notes of one segment.
bool FindNote(const char* notes, size_t size, BuildId* out) {
  size_t at = 0;
  while (at + sizeof(Elf64_Nhdr) <= size) {
    Elf64_Nhdr note;
    __builtin_memcpy(&note, notes + at, sizeof(note));
    const size_t name = at + sizeof(note);
    const size_t descriptor = name + AlignUp<size_t>(note.n_namesz, 4);
    const size_t next = descriptor + AlignUp<size_t>(note.n_descsz, 4);
    if (descriptor > size || next > size + 3 || next <= at) return false;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
        BytesEq(notes + name, "GNU", 4) && note.n_descsz > 0 &&
        descriptor + note.n_descsz <= size) {
      out->size = note.n_descsz < sizeof(out->bytes)
                      ? note.n_descsz
                      : static_cast<uint32_t>(sizeof(out->bytes));
      __builtin_memcpy(out->bytes, notes + descriptor, out->size);
      return true;
    }
    at = next;
  }
  return false;
}

void ReadBuildId(int fd, BuildId* out) {
  Elf64_Ehdr header;
  if (sys::PreadAll(fd, &header, sizeof(header), 0) < 0 ||
      !BytesEq(header.e_ident, ELFMAG, SELFMAG) ||
      header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_phentsize != sizeof(Elf64_Phdr)) {
    return;
  }
  for (uint32_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (sys::PreadAll(fd, &segment, sizeof(segment),
                      header.e_phoff + i * sizeof(segment)) < 0) {
      return;
    }
    char notes[1024];
    if (segment.p_type != PT_NOTE || segment.p_filesz > sizeof(notes)) continue;
    if (sys::PreadAll(fd, notes, segment.p_filesz, segment.p_offset) < 0) {
      return;
    }
    if (FindNote(notes, segment.p_filesz, out)) return;
  }
}

}  // namespace

BuildId BuildIdOfFile(const char* path) {
  BuildId id;
  const long fd = sys::Open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return id;
  ReadBuildId(static_cast<int>(fd), &id);
  sys::Close(static_cast<int>(fd));
  return id;
}

uint64_t ArgumentsChecksum(int argc, char* const* argv) {
  uint64_t sum = 0;
  for (int i = 1; i < argc; ++i) {
    const uint64_t parts[2] = {sum, image::Xxh3(argv[i], StrLen(argv[i]) + 1)};
    sum = image::Xxh3(parts, sizeof(parts));
  }
  return sum;
}

}  // namespace ckpt::core
