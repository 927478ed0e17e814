// symbolizer.h - names for the addresses in an image: "m", "table+40",
// "lock (libfoo.so.1)". Names come from the files that the image says were
// mapped, and only if each still is that file; otherwise addresses stay plain.

#ifndef CKPT_CLI_SYMBOLIZER_H
#define CKPT_CLI_SYMBOLIZER_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "elf_file.h"
#include "image/reader.h"

namespace ckpt::cli {

// The symbol that covers `address` as "name" or "name+offset"; empty if there
// is none. `symbols` ascend in address.
std::string FindSymbol(const std::vector<Symbol>& symbols, uint64_t address);

class Symbolizer {
 public:
  explicit Symbolizer(const image::Reader& reader);

  // Empty if nothing is known.
  std::string Name(uint64_t address) const;

  // "0x602040 (m+8)", or the address alone.
  std::string AddressAndName(uint64_t address) const;

 private:
  struct Module {
    std::string suffix;  // " (libfoo.so.1)", empty for the program
    uint64_t bias;
    std::vector<Symbol> symbols;
  };

  void Load(const image::Reader& reader, uint32_t index);

  std::vector<Module> modules_;
};

}  // namespace ckpt::cli

#endif
