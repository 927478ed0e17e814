// next_symbols.cpp - see next_symbols.h.

#include "hooks/next_symbols.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include "base/bytes.h"

namespace ckpt::hooks {
namespace {

// The C library has made addresses of most, and left offsets in some.
uint64_t Address(const link_map* library, uint64_t value) {
  return value < library->l_addr ? value + library->l_addr : value;
}

bool Read(const link_map* library, SymbolTable* table) {
  *table = {library->l_addr, nullptr, nullptr, nullptr, nullptr};
  for (const Elf64_Dyn* d = library->l_ld; d->d_tag != DT_NULL; ++d) {
    const auto* at =
        reinterpret_cast<const void*>(Address(library, d->d_un.d_ptr));
    switch (d->d_tag) {
      case DT_GNU_HASH:
        table->hash = static_cast<const uint32_t*>(at);
        break;
      case DT_SYMTAB:
        table->symbols = at;
        break;
      case DT_STRTAB:
        table->strings = static_cast<const char*>(at);
        break;
      case DT_VERSYM:
        table->versions = static_cast<const uint16_t*>(at);
        break;
    }
  }
  return table->hash != nullptr && table->symbols != nullptr &&
         table->strings != nullptr;
}

// One that a program linked today would get: defined, exported, of the default
// version.
bool IsGood(const SymbolTable& table, const Elf64_Sym& symbol, uint32_t index) {
  constexpr uint16_t kHidden = 0x8000;
  const unsigned type = ELF64_ST_TYPE(symbol.st_info);
  return symbol.st_shndx != SHN_UNDEF && symbol.st_value != 0 &&
         (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE) &&
         ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
         (table.versions == nullptr || (table.versions[index] & kHidden) == 0);
}

const Elf64_Sym* Search(const SymbolTable& table, const char* name,
                        uint32_t hash) {
  const uint32_t buckets = table.hash[0], first = table.hash[1],
                 words = table.hash[2], shift = table.hash[3];
  if (buckets == 0 || words == 0) return nullptr;
  const auto* bloom = reinterpret_cast<const uint64_t*>(table.hash + 4);
  const uint64_t word = bloom[hash / 64 % words];
  if ((word >> (hash % 64) & word >> ((hash >> shift) % 64) & 1) == 0) {
    return nullptr;
  }
  const auto* heads = reinterpret_cast<const uint32_t*>(bloom + words);
  const uint32_t* chain = heads + buckets;
  uint32_t index = heads[hash % buckets];
  if (index < first) return nullptr;
  const auto* symbols = static_cast<const Elf64_Sym*>(table.symbols);
  for (;; ++index) {
    const uint32_t there = chain[index - first];
    if ((there | 1) == (hash | 1) && IsGood(table, symbols[index], index) &&
        StrEq(table.strings + symbols[index].st_name, name)) {
      return &symbols[index];
    }
    if ((there & 1) != 0) return nullptr;
  }
}

const link_map* FirstLibrary() {
  for (const Elf64_Dyn* d = _DYNAMIC; d->d_tag != DT_NULL; ++d) {
    if (d->d_tag != DT_DEBUG || d->d_un.d_ptr == 0) continue;
    const auto* debug = reinterpret_cast<const r_debug*>(d->d_un.d_ptr);
    // The first is the executable.
    return debug->r_map == nullptr ? nullptr : debug->r_map->l_next;
  }
  return nullptr;
}

}  // namespace

bool NextSymbols::Open() {
  const uint64_t vdso = getauxval(AT_SYSINFO_EHDR);
  const link_map* library = FirstLibrary();
  if (library == nullptr) return false;
  for (; library != nullptr; library = library->l_next) {
    // Listed, but not looked into by anybody.
    if (vdso != 0 && library->l_addr == vdso) continue;
    if (count_ == kMostLibraries || !Read(library, &tables_[count_])) {
      return false;
    }
    ++count_;
  }
  return count_ != 0;
}

void* NextSymbols::Find(const char* name, uint32_t hash) const {
  for (size_t i = 0; i < count_; ++i) {
    const Elf64_Sym* symbol = Search(tables_[i], name, hash);
    if (symbol == nullptr) continue;
    void* at = reinterpret_cast<void*>(tables_[i].base + symbol->st_value);
    if (ELF64_ST_TYPE(symbol->st_info) != STT_GNU_IFUNC) return at;
    return reinterpret_cast<void* (*)()>(at)();
  }
  return nullptr;
}

}  // namespace ckpt::hooks
