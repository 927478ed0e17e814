// foreign_vdso.cpp - see foreign_vdso.h.

#include "restore/foreign_vdso.h"

#include <elf.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "base/bytes.h"

namespace ckpt::restore {
namespace {

constexpr uint64_t kMostVdso = 64 * image::kPageSize;

struct Function {
  const char* name;
  uint64_t start, size;  // in the vdso
};

// The exported functions of a vdso's bytes. By its section headers: kernels
// have had one hash table or the other, these always.
class Functions {
 public:
  explicit Functions(Span<const uint8_t> bytes) : bytes_(bytes) {
    const auto* header = At<Elf64_Ehdr>(0, 1);
    if (header == nullptr || header->e_shentsize != sizeof(Elf64_Shdr) ||
        !BytesEq(header->e_ident, ELFMAG, SELFMAG)) {
      return;
    }
    const auto* sections =
        At<Elf64_Shdr>(header->e_shoff, header->e_shnum);
    for (uint32_t i = 0; sections != nullptr && i < header->e_shnum; ++i) {
      const Elf64_Shdr& s = sections[i];
      if (s.sh_type != SHT_DYNSYM || s.sh_link >= header->e_shnum) continue;
      const Elf64_Shdr& names = sections[s.sh_link];
      const uint64_t count = s.sh_size / sizeof(Elf64_Sym);
      const auto* symbols = At<Elf64_Sym>(s.sh_offset, count);
      const char* text = At<char>(names.sh_offset, names.sh_size);
      if (symbols == nullptr || text == nullptr || names.sh_size == 0 ||
          text[names.sh_size - 1] != '\0') {
        return;
      }
      symbols_ = {symbols, count};
      names_ = {text, names.sh_size};
      return;
    }
  }

  bool good() const { return !symbols_.empty(); }

  // The `i`th symbol, if it is a function within the bytes.
  bool Get(size_t i, Function* out) const {
    const Elf64_Sym& symbol = symbols_[i];
    if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC ||
        symbol.st_shndx == SHN_UNDEF || symbol.st_name >= names_.size ||
        !image::Within(symbol.st_value, symbol.st_size, bytes_.size)) {
      return false;
    }
    *out = {names_.data + symbol.st_name, symbol.st_value, symbol.st_size};
    return true;
  }
  size_t count() const { return symbols_.size; }

  bool Find(const char* name, Function* out) const {
    for (size_t i = 0; i < symbols_.size; ++i) {
      if (Get(i, out) && StrEq(out->name, name)) return true;
    }
    return false;
  }

  // True if `at` is inside of a function, behind its first byte.
  bool IsInside(uint64_t at) const {
    Function function;
    uint64_t low = ~uint64_t{0}, high = 0;
    for (size_t i = 0; i < symbols_.size; ++i) {
      if (!Get(i, &function)) continue;
      if (at == function.start) return false;
      if (function.start < low) low = function.start;
      const uint64_t end = function.start + function.size;
      if (end > high) high = end;
    }
    // Between them lie what they call.
    return at > low && at < high;
  }

 private:
  template <typename T>
  const T* At(uint64_t offset, uint64_t count) const {
    if (offset % alignof(T) != 0 || count > bytes_.size / sizeof(T) ||
        !image::Within(offset, count * sizeof(T), bytes_.size)) {
      return nullptr;
    }
    return reinterpret_cast<const T*>(bytes_.data + offset);
  }

  Span<const uint8_t> bytes_;
  Span<const Elf64_Sym> symbols_;
  Span<const char> names_;
};

// What a function does, by its system call. The state that getrandom keeps for
// its callers is another one in each kernel: it never goes to the new one.
struct SystemCall {
  const char* name;
  uint32_t number;
  bool always;
};
constexpr SystemCall kSystemCalls[] = {
    {"__vdso_clock_gettime", __NR_clock_gettime, false},
    {"__vdso_clock_getres", __NR_clock_getres, false},
    {"__vdso_gettimeofday", __NR_gettimeofday, false},
    {"__vdso_time", __NR_time, false},
    {"__vdso_getcpu", __NR_getcpu, false},
    {"__vdso_getrandom", __NR_getrandom, true},
};

// Each is exported without the prefix as well.
const SystemCall* SystemCallOf(const char* name) {
  constexpr size_t kPrefix = sizeof("__vdso_") - 1;
  for (const SystemCall& call : kSystemCalls) {
    if (StrEq(call.name, name) || StrEq(call.name + kPrefix, name)) {
      return &call;
    }
  }
  return nullptr;
}

// jmp *target
struct [[gnu::packed]] Jump {
  uint8_t code[6] = {0xff, 0x25, 0, 0, 0, 0};
  uint64_t target;
};
// mov $number, %eax; syscall; ret
struct [[gnu::packed]] Call {
  uint8_t mov = 0xb8;
  uint32_t number;
  uint8_t rest[3] = {0x0f, 0x05, 0xc3};
};

// The words of the image's memory in [start, end) that it has.
template <typename Visit>
void ForEachWord(const image::Reader& image, Span<const uint8_t> file,
                 uint64_t start, uint64_t end, Visit visit) {
  start = AlignUp<uint64_t>(start, 8);
  size_t low = 0, high = image.blocks().size;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const image::BlockRecord& block = image.blocks()[middle];
    if (block.address + block.size > start) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (; low < image.blocks().size; ++low) {
    const image::BlockRecord& block = image.blocks()[low];
    if (block.address >= end) return;
    const uint64_t from = block.address < start ? start : block.address;
    const uint64_t block_end = block.address + block.size;
    const uint64_t to = block_end < end ? block_end : end;
    for (uint64_t at = from; at + 8 <= to; at += 8) {
      uint64_t word;
      __builtin_memcpy(
          &word, file.data + block.file_offset + (at - block.address), 8);
      visit(word);
    }
  }
}

// Where a thread was, or where one of its callers goes on: a handler may have
// interrupted the function.
bool IsInside(const image::Reader& image, Span<const uint8_t> file,
              const image::ThreadRecord& thread, const Functions& functions) {
  if (thread.frame == 0) return false;
  const image::ProcessRecord& p = image.process();
  const image::Range vdso = p.vdso_parts[p.vdso_index];
  bool inside = false;
  const auto look = [&](uint64_t word) {
    inside = inside || (word >= vdso.start && word < vdso.end &&
                        functions.IsInside(word - vdso.start));
  };
  const uint64_t registers =
      thread.frame + offsetof(ucontext_t, uc_mcontext.gregs);
  const uint64_t rip = registers + REG_RIP * sizeof(greg_t);
  const uint64_t rsp = registers + REG_RSP * sizeof(greg_t);
  ForEachWord(image, file, rip, rip + 8, look);
  uint64_t stack = 0;
  ForEachWord(image, file, rsp, rsp + 8,
              [&](uint64_t word) { stack = word; });
  const image::VmaRecord* vma = image.FindVma(stack);
  if (vma != nullptr) ForEachWord(image, file, stack, vma->end, look);
  return inside;
}

}  // namespace

Span<const uint8_t> VdsoBytes(const VdsoLayout& here) {
  if (here.count == 0) return {};
  const image::Range& vdso = here.parts[here.vdso];
  return {reinterpret_cast<const uint8_t*>(vdso.start), vdso.end - vdso.start};
}

bool LeadAway(Span<uint8_t> copy, Span<const uint8_t> now, uint64_t address,
              Line* why) {
  const Functions old({copy.data, copy.size}), current(now);
  if (!old.good()) {
    why->Str("the vdso in it is none that is known");
    return false;
  }
  Function function, other;
  for (size_t i = 0; i < old.count(); ++i) {
    if (!old.Get(i, &function)) continue;
    // Reads nothing of the kernel's.
    if (StrEq(function.name, "__vdso_sgx_enter_enclave")) continue;
    const SystemCall* call = SystemCallOf(function.name);
    uint8_t* at = copy.data + function.start;
    if (current.Find(function.name, &other) &&
        (call == nullptr || !call->always)) {
      const Jump jump{.target = address + other.start};
      if (function.size >= sizeof(jump)) {
        __builtin_memcpy(at, &jump, sizeof(jump));
        continue;
      }
    }
    const Call stub{.number = call == nullptr ? 0 : call->number};
    if (call == nullptr || function.size < sizeof(stub)) {
      why->Str("this kernel has another vdso, without ").Str(function.name);
      return false;
    }
    __builtin_memcpy(at, &stub, sizeof(stub));
  }
  return true;
}

bool CanReplaceVdso(const image::Reader& image, Span<const uint8_t> file,
                    const VdsoLayout& here, Line* why) {
  const Span<const uint8_t> old = image.vdso();
  const auto refuse = [&](const char* what) {
    why->Str("this kernel has another vdso (taken under ")
        .Str(image.String(image.head().kernel)).Str(")").Str(what);
    return false;
  };
  for (uint32_t i = 1; i < here.count; ++i) {
    if (here.parts[i].start != here.parts[i - 1].end) {
      return refuse(" and lays it out in another way");
    }
  }
  if (old.empty() || old.size > kMostVdso) return refuse("");
  alignas(8) uint8_t copy[kMostVdso];
  __builtin_memcpy(copy, old.data, old.size);
  if (!LeadAway({copy, old.size}, VdsoBytes(here), 0, why)) return false;
  const Functions functions(old);
  for (const image::ThreadRecord& thread : image.threads()) {
    if (IsInside(image, file, thread, functions)) {
      return refuse(" and a thread was inside of it: take another image");
    }
  }
  return true;
}

}  // namespace ckpt::restore
