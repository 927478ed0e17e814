// symbolizer.cpp - see symbolizer.h.

#include "symbolizer.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "text.h"

namespace ckpt::cli {
namespace {

bool SameBuild(const ElfFile& file, const image::ModuleRecord& module) {
  const std::vector<uint8_t> build_id = file.BuildId();
  return module.build_id_size != 0 &&
         std::equal(build_id.begin(), build_id.end(), module.build_id,
                    module.build_id + module.build_id_size);
}

// A C++ name as it was written; any other name as it is.
std::string Demangle(const std::string& name) {
  // Without this, "i" would be taken for a type and become "int".
  if (!name.starts_with("_Z")) return name;
  int status = 0;
  char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  if (text == nullptr) return name;
  std::string result = text;
  std::free(text);
  return result;
}

}  // namespace

std::string FindSymbol(const std::vector<Symbol>& symbols, uint64_t address) {
  // Symbols overlap (aliases, a table and its elements); a short way back is
  // enough for the ones that matter.
  constexpr int kMaxSteps = 64;
  auto it = std::upper_bound(
      symbols.begin(), symbols.end(), address,
      [](uint64_t a, const Symbol& symbol) { return a < symbol.address; });
  for (int step = 0; step < kMaxSteps && it != symbols.begin(); ++step) {
    --it;
    const uint64_t offset = address - it->address;
    if (offset == 0) return Demangle(it->name);
    if (offset < it->size) {
      return fmt::format("{}+{}", Demangle(it->name), offset);
    }
  }
  return {};
}

Symbolizer::Symbolizer(const image::Reader& reader) {
  for (uint32_t i = 0; i < reader.modules().size; ++i) Load(reader, i);
}

void Symbolizer::Load(const image::Reader& reader, uint32_t index) {
  const image::ModuleRecord& module = reader.modules()[index];
  const image::VmaRecord* first = nullptr;
  for (const image::VmaRecord& vma : reader.vmas()) {
    if (vma.module == index && first == nullptr) first = &vma;
  }
  ElfFile file;
  const std::string path = reader.String(module.path);
  if (first == nullptr || !file.Open(path) || !SameBuild(file, module)) return;
  const auto bias = file.LoadBias(first->start, first->file_offset);
  if (!bias) return;
  std::string suffix;
  if (path != reader.String(reader.head().program)) {
    suffix = fmt::format(" ({})", path.substr(path.rfind('/') + 1));
  }
  modules_.push_back({std::move(suffix), *bias, file.Symbols()});
}

std::string Symbolizer::Name(uint64_t address) const {
  for (const Module& module : modules_) {
    const std::string name = FindSymbol(module.symbols, address - module.bias);
    if (!name.empty()) return Printable(name + module.suffix);
  }
  return {};
}

std::string Symbolizer::AddressAndName(uint64_t address) const {
  const std::string name = Name(address);
  if (name.empty()) return fmt::format("{:#x}", address);
  return fmt::format("{:#x} {}", address, name);
}

}  // namespace ckpt::cli
