// writer.cpp - see writer.h. Layout and data; the notes are in
// writer_notes.cpp.

#include "image/writer.h"

#include <elf.h>

#include "base/fault.h"
#include "image/checksum.h"
#include "image/writer_notes.h"
#include "sys/file.h"

namespace ckpt::image {
namespace {

// The program headers: for each mapping a PT_LOAD per run of blocks, and one
// without bytes in the file for what a reader finds elsewhere (zeros, or the
// mapped file).
class LoadSegments {
 public:
  explicit LoadSegments(const Parts& parts) : parts_(parts) {}

  // Calls add(segment) for each, ascending; returns their number.
  template <typename Add>
  uint32_t ForEach(Add add) const {
    uint32_t count = 0;
    size_t block = 0;
    for (const VmaRecord& vma : parts_.vmas) {
      const bool file = vma.module != kNoModule;
      uint64_t at = vma.start;
      while (at < vma.end) {
        const bool any = block < parts_.blocks.size &&
                         parts_.blocks[block].address < vma.end;
        const uint64_t run = any ? parts_.blocks[block].address : vma.end;
        if (run > at) {
          // Not at offset 0: BFD looks there for the mapped file's ELF header,
          // would find the image's own and read its notes again.
          add(Segment(vma, at, run - at, parts_.head.file_size, 0));
          ++count;
          at = run;
          continue;
        }
        const uint64_t offset = parts_.blocks[block].file_offset;
        uint64_t end = at;
        while (block < parts_.blocks.size &&
               parts_.blocks[block].address == end && end < vma.end) {
          end += parts_.blocks[block++].size;
        }
        // Untouched anonymous memory behind the run is zeros, as p_memsz >
        // p_filesz says; behind a run of a file mapping is the file.
        uint64_t memory_end = end;
        if (!file) {
          const bool more = block < parts_.blocks.size &&
                            parts_.blocks[block].address < vma.end;
          memory_end = more ? parts_.blocks[block].address : vma.end;
        }
        add(Segment(vma, at, memory_end - at, offset, end - at));
        ++count;
        at = memory_end;
      }
    }
    return count;
  }

 private:
  static Elf64_Phdr Segment(const VmaRecord& vma, uint64_t at, uint64_t size,
                            uint64_t offset, uint64_t file_size) {
    Elf64_Phdr p{};
    p.p_type = PT_LOAD;
    p.p_flags = ((vma.prot & 1) != 0 ? PF_R : 0) |
                ((vma.prot & 2) != 0 ? PF_W : 0) |
                ((vma.prot & 4) != 0 ? PF_X : 0);
    p.p_vaddr = at;
    p.p_memsz = size;
    p.p_offset = offset;
    p.p_filesz = file_size;
    p.p_align = kPageSize;
    return p;
  }

  const Parts& parts_;
};

struct MetaSizes {
  bool extended;  // PN_XNUM: the real number is in section header 0
  uint64_t notes_offset;
  uint64_t notes_size;
  uint64_t meta_size;
};

MetaSizes Sizes(const Parts& parts) {
  MetaSizes s;
  const uint64_t headers = parts.load_count + 1;
  s.extended = headers >= PN_XNUM;
  s.notes_offset = sizeof(Elf64_Ehdr) + headers * sizeof(Elf64_Phdr) +
                   (s.extended ? sizeof(Elf64_Shdr) : 0);
  s.notes_size = NotesSize(parts);
  s.meta_size = AlignUp(s.notes_offset + s.notes_size, kPageSize);
  return s;
}

Elf64_Ehdr FileHeader(const Parts& parts, const MetaSizes& sizes) {
  Elf64_Ehdr e{};
  e.e_ident[EI_MAG0] = ELFMAG0;
  e.e_ident[EI_MAG1] = ELFMAG1;
  e.e_ident[EI_MAG2] = ELFMAG2;
  e.e_ident[EI_MAG3] = ELFMAG3;
  e.e_ident[EI_CLASS] = ELFCLASS64;
  e.e_ident[EI_DATA] = ELFDATA2LSB;
  e.e_ident[EI_VERSION] = EV_CURRENT;
  e.e_type = ET_CORE;
  e.e_machine = EM_X86_64;
  e.e_version = EV_CURRENT;
  e.e_phoff = sizeof(Elf64_Ehdr);
  e.e_ehsize = sizeof(Elf64_Ehdr);
  e.e_phentsize = sizeof(Elf64_Phdr);
  e.e_phnum = static_cast<uint16_t>(sizes.extended ? PN_XNUM
                                                   : parts.load_count + 1);
  if (sizes.extended) {
    e.e_shoff = sizes.notes_offset - sizeof(Elf64_Shdr);
    e.e_shentsize = sizeof(Elf64_Shdr);
    e.e_shnum = 1;
  }
  return e;
}

// The block's bytes: where they are, or in `buffer` with zeros for the excluded
// ones.
const void* WithoutExcluded(const BlockRecord& block,
                            Span<const Range> excluded, char* buffer) {
  const auto* memory = reinterpret_cast<const char*>(block.address);
  const uint64_t block_end = block.address + block.size;
  size_t i = 0, high = excluded.size;
  while (i < high) {
    const size_t middle = (i + high) / 2;
    if (excluded[middle].end > block.address) {
      high = middle;
    } else {
      i = middle + 1;
    }
  }
  if (i == excluded.size || excluded[i].start >= block_end) return memory;
  __builtin_memcpy(buffer, memory, block.size);
  for (; i < excluded.size && excluded[i].start < block_end; ++i) {
    const uint64_t from = excluded[i].start > block.address
                              ? excluded[i].start - block.address
                              : 0;
    const uint64_t to = excluded[i].end < block_end
                            ? excluded[i].end - block.address
                            : block.size;
    __builtin_memset(buffer + from, 0, to - from);
  }
  return buffer;
}

}  // namespace

void Layout(Parts* parts) {
  parts->load_count = LoadSegments(*parts).ForEach([](const Elf64_Phdr&) {});
  const MetaSizes sizes = Sizes(*parts);
  uint64_t offset = sizes.meta_size;
  for (BlockRecord& block : parts->blocks) {
    block.file_offset = offset;
    offset += block.size;
  }
  for (FileBlockRecord& block : parts->file_blocks) {
    block.file_offset = offset;
    offset += AlignUp(block.size, kPageSize);
  }
  parts->head.meta_size = sizes.meta_size;
  parts->head.file_size = offset;
}

long WriteBlocks(int fd, Parts* parts, char* buffer) {
  for (BlockRecord& block : parts->blocks) {
    const void* memory = WithoutExcluded(block, parts->excluded, buffer);
    long r = fault::At(fault::Point::image_write);
    if (r < 0) return r;
    // Behind the fault point: what that counts is in memory as well.
    block.xxh3 = Xxh3(memory, block.size);
    r = sys::PwriteAll(fd, memory, block.size, block.file_offset);
    if (r < 0) return r;
  }
  return 0;
}

Span<char> BuildMeta(Parts* parts, Arena* arena) {
  const MetaSizes sizes = Sizes(*parts);
  char* meta = arena->Take<char>(sizes.meta_size);
  if (meta == nullptr) return {};
  auto* file_header = reinterpret_cast<Elf64_Ehdr*>(meta);
  *file_header = FileHeader(*parts, sizes);
  auto* header = reinterpret_cast<Elf64_Phdr*>(file_header + 1);
  *header = Elf64_Phdr{};
  header->p_type = PT_NOTE;
  header->p_offset = sizes.notes_offset;
  header->p_filesz = sizes.notes_size;
  header->p_align = 8;
  LoadSegments(*parts).ForEach(
      [&header](const Elf64_Phdr& segment) { *++header = segment; });
  if (sizes.extended) {
    auto* section = reinterpret_cast<Elf64_Shdr*>(meta + file_header->e_shoff);
    *section = Elf64_Shdr{};
    section->sh_size = 1;
    section->sh_info = parts->load_count + 1;
  }
  BuildNotes(*parts, meta + sizes.notes_offset);
  char* end = meta + sizes.notes_offset + sizes.notes_size;
  __builtin_memset(end, 0, static_cast<size_t>(meta + sizes.meta_size - end));
  return {meta, sizes.meta_size};
}

void* FindTable(Span<char> meta, NoteType type) {
  const auto* notes =
      reinterpret_cast<const Elf64_Phdr*>(meta.data + sizeof(Elf64_Ehdr));
  char* at = meta.data + notes->p_offset;
  const char* end = at + notes->p_filesz;
  while (at < end) {
    const auto* note = reinterpret_cast<const Elf64_Nhdr*>(at);
    const uint64_t descriptor =
        AlignUp<uint64_t>(sizeof(*note) + note->n_namesz, 8);
    // Our types are nobody else's.
    if (note->n_type == static_cast<uint32_t>(type)) return at + descriptor;
    at += AlignUp<uint64_t>(descriptor + note->n_descsz, 8);
  }
  return nullptr;
}

void SetSequence(Span<char> meta, uint64_t sequence) {
  const auto* note =
      reinterpret_cast<const Elf64_Phdr*>(meta.data + sizeof(Elf64_Ehdr));
  HeadOf(meta.data + note->p_offset)->sequence = sequence;
  SetMetaChecksum(meta.data + note->p_offset, meta.data, meta.size);
}

}  // namespace ckpt::image
