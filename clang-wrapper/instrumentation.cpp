#include "instrumentation.h"

#include <ar.h>
#include <ckpt/abi.h>
#include <elf.h>
#include <string.h>

#include <string_view>

#include "file_contents.h"

namespace ckpt::wrapper {
namespace {

constexpr std::string_view kThinMagic = "!<thin>\n";

// A struct at an offset, copied out: neither alignment nor length can be
// trusted.
template <typename T>
bool ReadAt(std::string_view bytes, uint64_t offset, T* out) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return false;
  memcpy(out, bytes.data() + offset, sizeof(T));
  return true;
}

std::string_view TextAt(std::string_view bytes, uint64_t offset) {
  if (offset >= bytes.size()) return {};
  std::string_view text = bytes.substr(offset);
  return text.substr(0, text.find('\0'));
}

bool IsUninstrumentedElf(std::string_view object) {
  Elf64_Ehdr header;
  if (!ReadAt(object, 0, &header) ||
      memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_REL) {
    return false;
  }
  auto section_at = [&](uint64_t index, Elf64_Shdr* out) {
    return ReadAt(object, header.e_shoff + index * sizeof(Elf64_Shdr), out);
  };
  // Large counts do not fit the header; they are kept in section 0.
  Elf64_Shdr section;
  if (header.e_shoff == 0 || !section_at(0, &section)) return false;
  uint64_t count = header.e_shnum != 0 ? header.e_shnum : section.sh_size;
  uint64_t names_index =
      header.e_shstrndx != SHN_XINDEX ? header.e_shstrndx : section.sh_link;
  Elf64_Shdr names;
  if (!section_at(names_index, &names)) return false;

  bool has_code = false;
  for (uint64_t i = 0; i < count && section_at(i, &section); ++i) {
    if (TextAt(object, names.sh_offset + section.sh_name) ==
        CKPT_NOTE_SECTION) {
      return false;
    }
    has_code |= (section.sh_flags & SHF_EXECINSTR) != 0 && section.sh_size != 0;
  }
  return has_code;
}

// LTO objects hold no sections, but their symbol names stand there as text:
// what the pass has seen refers to the ABI symbol.
bool IsUninstrumentedBitcode(std::string_view object) {
  return object.starts_with("BC\xC0\xDE") &&
         object.find(CKPT_ABI_SYMBOL_NAME) == object.npos;
}

bool IsUninstrumented(std::string_view object) {
  return IsUninstrumentedElf(object) || IsUninstrumentedBitcode(object);
}

std::string_view TrimRight(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

uint64_t Decimal(std::string_view text) {
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') break;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

// GNU archives: a name ends in "/"; "/123" is an offset into the member "//".
std::string MemberName(std::string_view field, std::string_view long_names) {
  std::string_view name = TrimRight(field);
  if (name.size() > 1 && name[0] == '/') {
    uint64_t offset = Decimal(name.substr(1));
    name = offset < long_names.size() ? long_names.substr(offset) : "";
    name = name.substr(0, name.find('\n'));
  }
  if (name.ends_with('/')) name.remove_suffix(1);
  return std::string(name);
}

void CheckArchive(const std::string& path, std::string_view archive, bool thin,
                  std::vector<std::string>* out) {
  std::string_view long_names;
  ar_hdr header;
  for (uint64_t at = SARMAG; ReadAt(archive, at, &header);) {
    uint64_t start = at + sizeof header;
    uint64_t size = Decimal({header.ar_size, sizeof header.ar_size});
    std::string_view field = TrimRight({header.ar_name, sizeof header.ar_name});
    bool is_table = field == "/" || field == "//" || field == "/SYM64/";
    std::string_view data =
        thin && !is_table ? std::string_view() : archive.substr(start, size);
    at = start + data.size() + data.size() % 2;
    if (field == "//") long_names = data;
    if (is_table) continue;

    std::string name = MemberName(field, long_names);
    std::string contents;
    if (thin) {
      // The member is a file, named relative to the archive.
      size_t slash = path.rfind('/');
      std::string directory =
          slash == path.npos ? "" : path.substr(0, slash + 1);
      contents = ReadFile(name.starts_with('/') ? name : directory + name)
                     .value_or("");
      data = contents;
    }
    if (IsUninstrumented(data)) out->push_back(path + "(" + name + ")");
  }
}

}  // namespace

std::vector<std::string> UninstrumentedObjects(
    const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    auto contents = ReadFile(path);
    if (!contents) continue;
    bool thin = contents->starts_with(kThinMagic);
    if (thin || contents->starts_with(ARMAG)) {
      CheckArchive(path, *contents, thin, &found);
    } else if (IsUninstrumented(*contents)) {
      found.push_back(path);
    }
  }
  return found;
}

}  // namespace ckpt::wrapper
