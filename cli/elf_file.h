// elf_file.h - the little that the tool wants from an executable or library:
// its build-id, where it was loaded, and the names of addresses. The file may
// hold anything; every offset is checked.

#ifndef CKPT_CLI_ELF_FILE_H
#define CKPT_CLI_ELF_FILE_H

#include <elf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mapped_file.h"

namespace ckpt::cli {

struct Symbol {
  uint64_t address;  // as in the file, before the load bias
  uint64_t size;
  std::string name;
};

class ElfFile {
 public:
  // False if the file cannot be read or is no 64-bit little-endian ELF file;
  // error() is then an errno, or 0 for the latter.
  bool Open(const std::string& path);
  int error() const { return error_; }

  // Empty if there is none.
  std::vector<uint8_t> BuildId() const;

  // What to add to an address of the file, if its byte at `file_offset` was
  // mapped at `address` (both page-aligned).
  std::optional<uint64_t> LoadBias(uint64_t address,
                                   uint64_t file_offset) const;

  // Functions and objects of .symtab, or of .dynsym in a stripped file, by
  // address.
  std::vector<Symbol> Symbols() const;

 private:
  template <typename T>
  Span<const T> Table(uint64_t offset, uint64_t count) const;
  Span<const Elf64_Phdr> Segments() const;
  Span<const Elf64_Shdr> Sections() const;
  const Elf64_Ehdr& header() const;

  MappedFile file_;
  int error_ = 0;
};

}  // namespace ckpt::cli

#endif
