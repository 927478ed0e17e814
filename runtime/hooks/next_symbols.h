// next_symbols.h - the functions behind the executable's, looked up in the
// tables of the libraries that were loaded with it: what dlsym(RTLD_NEXT, ...)
// finds, for a tenth of its time and without its locks. Dynamic programs only,
// before any other library is loaded.

#ifndef CKPT_HOOKS_NEXT_SYMBOLS_H
#define CKPT_HOOKS_NEXT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt::hooks {

// As linkers compute it for .gnu.hash.
constexpr uint32_t GnuHash(const char* name) {
  uint32_t hash = 5381;
  for (; *name != '\0'; ++name) {
    hash = hash * 33 + static_cast<unsigned char>(*name);
  }
  return hash;
}

// One library's table of symbols.
struct SymbolTable {
  uint64_t base;
  const uint32_t* hash;  // .gnu.hash
  const void* symbols;
  const char* strings;
  const uint16_t* versions;  // nullptr: it has none
};

class NextSymbols {
 public:
  // False if not all libraries are as expected: then dlsym has to be asked.
  bool Open();
  // The function of the first library that has it, or nullptr.
  void* Find(const char* name, uint32_t hash) const;

 private:
  static constexpr size_t kMostLibraries = 64;
  SymbolTable tables_[kMostLibraries];
  size_t count_ = 0;
};

}  // namespace ckpt::hooks

#endif
