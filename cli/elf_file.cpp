// elf_file.cpp - see elf_file.h.

#include "elf_file.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace ckpt::cli {
namespace {

constexpr uint64_t kPageMask = ~0xfffull;

bool IsNamedPlace(const Elf64_Sym& symbol) {
  const unsigned type = ELF64_ST_TYPE(symbol.st_info);
  return (type == STT_OBJECT || type == STT_FUNC || type == STT_GNU_IFUNC ||
          type == STT_NOTYPE) &&
         symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS &&
         symbol.st_name != 0 && symbol.st_value != 0;
}

}  // namespace

// A table of the file, or nothing if it does not lie in it or is unaligned.
template <typename T>
Span<const T> ElfFile::Table(uint64_t offset, uint64_t count) const {
  const Span<const uint8_t> bytes = file_.bytes();
  if (offset % alignof(T) != 0 || offset > bytes.size ||
      count > (bytes.size - offset) / sizeof(T)) {
    return {};
  }
  return {reinterpret_cast<const T*>(bytes.data + offset), count};
}

bool ElfFile::Open(const std::string& path) {
  error_ = file_.Open(path);
  if (error_ != 0) return false;
  const Span<const uint8_t> bytes = file_.bytes();
  return bytes.size >= sizeof(Elf64_Ehdr) &&
         memcmp(bytes.data, ELFMAG, SELFMAG) == 0 &&
         bytes[EI_CLASS] == ELFCLASS64 && bytes[EI_DATA] == ELFDATA2LSB &&
         header().e_phentsize == sizeof(Elf64_Phdr);
}

const Elf64_Ehdr& ElfFile::header() const {
  return *reinterpret_cast<const Elf64_Ehdr*>(file_.bytes().data);
}

Span<const Elf64_Phdr> ElfFile::Segments() const {
  return Table<Elf64_Phdr>(header().e_phoff, header().e_phnum);
}

Span<const Elf64_Shdr> ElfFile::Sections() const {
  if (header().e_shentsize != sizeof(Elf64_Shdr)) return {};
  uint64_t count = header().e_shnum;
  if (count == 0) {  // more than 65,279: the number is in section 0
    const auto first = Table<Elf64_Shdr>(header().e_shoff, 1);
    if (first.empty() || header().e_shoff == 0) return {};
    count = first[0].sh_size;
  }
  return Table<Elf64_Shdr>(header().e_shoff, count);
}

std::vector<uint8_t> ElfFile::BuildId() const {
  constexpr char kOwner[] = "GNU";
  for (const Elf64_Phdr& segment : Segments()) {
    if (segment.p_type != PT_NOTE) continue;
    const uint64_t alignment = segment.p_align == 8 ? 8 : 4;
    const auto notes = Table<uint8_t>(segment.p_offset, segment.p_filesz);
    uint64_t position = 0;
    Elf64_Nhdr note;
    while (position + sizeof(note) <= notes.size) {
      memcpy(&note, notes.data + position, sizeof(note));
      const uint64_t name = position + sizeof(note);
      const uint64_t data = AlignUp(name + note.n_namesz, alignment);
      if (data > notes.size || note.n_descsz > notes.size - data) break;
      if (note.n_type == NT_GNU_BUILD_ID &&
          note.n_namesz == sizeof(kOwner) &&
          memcmp(notes.data + name, kOwner, sizeof(kOwner)) == 0) {
        return {notes.data + data, notes.data + data + note.n_descsz};
      }
      position = AlignUp(data + note.n_descsz, alignment);
    }
  }
  return {};
}

std::optional<uint64_t> ElfFile::LoadBias(uint64_t address,
                                          uint64_t file_offset) const {
  for (const Elf64_Phdr& segment : Segments()) {
    if (segment.p_type != PT_LOAD) continue;
    const uint64_t first = segment.p_offset & kPageMask;
    if (file_offset >= first &&
        file_offset - first < segment.p_filesz + (segment.p_offset - first)) {
      return address - (segment.p_vaddr & kPageMask) - (file_offset - first);
    }
  }
  return std::nullopt;
}

std::vector<Symbol> ElfFile::Symbols() const {
  const Span<const Elf64_Shdr> sections = Sections();
  const Elf64_Shdr* table = nullptr;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_SYMTAB ||
        (section.sh_type == SHT_DYNSYM && table == nullptr)) {
      table = &section;
    }
  }
  if (table == nullptr || table->sh_link >= sections.size) return {};
  const Elf64_Shdr& names_section = sections[table->sh_link];
  const auto names =
      Table<char>(names_section.sh_offset, names_section.sh_size);
  if (names.empty() || names[names.size - 1] != '\0') return {};
  std::vector<Symbol> symbols;
  for (const Elf64_Sym& symbol : Table<Elf64_Sym>(
           table->sh_offset, table->sh_size / sizeof(Elf64_Sym))) {
    if (IsNamedPlace(symbol) && symbol.st_name < names.size) {
      symbols.push_back({symbol.st_value, symbol.st_size,
                         names.data + symbol.st_name});
    }
  }
  std::sort(symbols.begin(), symbols.end(),
            [](const Symbol& a, const Symbol& b) {
              return std::tie(a.address, a.name) < std::tie(b.address, b.name);
            });
  return symbols;
}

}  // namespace ckpt::cli
