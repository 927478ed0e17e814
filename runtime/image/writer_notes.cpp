// writer_notes.cpp - see writer_notes.h.

#include "image/writer_notes.h"

#include <elf.h>
#include <sys/procfs.h>

#include "base/bytes.h"
#include "image/checksum.h"
#include "sys/x86_64/cpu.h"

namespace ckpt::image {
namespace {

// Writes notes, or only measures them when there is no memory to write to; the
// same code does both, so the sizes cannot disagree.
class NoteStream {
 public:
  explicit NoteStream(char* out) : out_(out) {}

  // Opens a note and returns where its descriptor goes (nullptr when
  // measuring).
  char* Begin(const char* owner, uint32_t type, uint64_t size) {
    const uint64_t owner_size = StrLen(owner) + 1;
    const uint64_t at = size_;
    size_ = AlignUp<uint64_t>(size_ + sizeof(Elf64_Nhdr) + owner_size, 8);
    const uint64_t descriptor = size_;
    size_ = AlignUp<uint64_t>(size_ + size, 8);
    if (out_ == nullptr) return nullptr;
    __builtin_memset(out_ + at, 0, descriptor - at);
    __builtin_memset(out_ + descriptor + size, 0, size_ - descriptor - size);
    auto* header = reinterpret_cast<Elf64_Nhdr*>(out_ + at);
    header->n_namesz = static_cast<uint32_t>(owner_size);
    header->n_descsz = static_cast<uint32_t>(size);
    header->n_type = type;
    __builtin_memcpy(header + 1, owner, owner_size);
    return out_ + descriptor;
  }

  void Add(const char* owner, uint32_t type, const void* data, uint64_t size) {
    char* at = Begin(owner, type, size);
    if (at != nullptr) __builtin_memcpy(at, data, size);
  }
  template <typename T>
  void Table(NoteType type, Span<T> records) {
    Add(kNoteOwner, static_cast<uint32_t>(type), records.data,
        records.size * sizeof(T));
  }

  uint64_t size() const { return size_; }

 private:
  char* out_;
  uint64_t size_ = 0;
};

// The registers of an interrupted thread, from its signal frame.
void Registers(const ThreadRecord& thread, elf_gregset_t* out) {
  __builtin_memset(out, 0, sizeof(*out));
  if (thread.frame == 0) return;  // a leader that has exited has none
  const auto& g =
      reinterpret_cast<const ucontext_t*>(thread.frame)->uc_mcontext.gregs;
  // Order of struct user_regs_struct.
  const elf_greg_t values[] = {
      static_cast<elf_greg_t>(g[REG_R15]), static_cast<elf_greg_t>(g[REG_R14]),
      static_cast<elf_greg_t>(g[REG_R13]), static_cast<elf_greg_t>(g[REG_R12]),
      static_cast<elf_greg_t>(g[REG_RBP]), static_cast<elf_greg_t>(g[REG_RBX]),
      static_cast<elf_greg_t>(g[REG_R11]), static_cast<elf_greg_t>(g[REG_R10]),
      static_cast<elf_greg_t>(g[REG_R9]),  static_cast<elf_greg_t>(g[REG_R8]),
      static_cast<elf_greg_t>(g[REG_RAX]), static_cast<elf_greg_t>(g[REG_RCX]),
      static_cast<elf_greg_t>(g[REG_RDX]), static_cast<elf_greg_t>(g[REG_RSI]),
      static_cast<elf_greg_t>(g[REG_RDI]), ~0ull,  // not in a system call
      static_cast<elf_greg_t>(g[REG_RIP]), 0x33,
      static_cast<elf_greg_t>(g[REG_EFL]), static_cast<elf_greg_t>(g[REG_RSP]),
      0x2b, thread.fs_base, thread.gs_base};
  __builtin_memcpy(out, values, sizeof(values));
}

// The FXSAVE image and, behind it, the XSAVE area of a frame.
struct FloatState {
  const char* data = nullptr;
  uint64_t xstate_size = 0;  // 0: FXSAVE only
  uint64_t features = 0;
};
constexpr uint64_t kFxsaveSize = 512;
constexpr uint64_t kSoftwareBytes = 464;  // where the kernel keeps its words
constexpr uint32_t kFpXstateMagic1 = 0x46505853;

FloatState FloatStateOf(const ThreadRecord& thread) {
  FloatState state;
  if (thread.frame == 0) return state;
  state.data = reinterpret_cast<const char*>(
      reinterpret_cast<const ucontext_t*>(thread.frame)->uc_mcontext.fpregs);
  if (state.data == nullptr) return state;
  struct {  // struct _fpx_sw_bytes of asm/sigcontext.h
    uint32_t magic1, extended_size;
    uint64_t features;
    uint32_t xstate_size;
  } software;
  __builtin_memcpy(&software, state.data + kSoftwareBytes, sizeof(software));
  if (software.magic1 == kFpXstateMagic1) {
    state.xstate_size = software.xstate_size;
    state.features = software.features;
  }
  // Debuggers know one layout, that of CPUs with MPX, where the AVX-512 masks
  // lie at 1088. On others they get what lies the same everywhere: up to AVX.
  constexpr uint32_t kMaskFeature = 5, kMaskOffset = 1088, kAvxEnd = 832;
  if (state.xstate_size > kAvxEnd &&
      sys::Cpuid(0xd, kMaskFeature).ebx != kMaskOffset) {
    state.xstate_size = kAvxEnd;
    state.features &= 7;
  }
  return state;
}

void ThreadNotes(const Parts& parts, const ThreadRecord& thread,
                 NoteStream* stream) {
  elf_prstatus status{};
  status.pr_pid = thread.tid;
  status.pr_ppid = 0;
  status.pr_pgrp = parts.process.pid;
  status.pr_sid = parts.process.pid;
  Registers(thread, &status.pr_reg);
  status.pr_fpvalid = 1;
  stream->Add("CORE", NT_PRSTATUS, &status, sizeof(status));
  const FloatState state = FloatStateOf(thread);
  if (state.data == nullptr) return;
  stream->Add("CORE", NT_FPREGSET, state.data, kFxsaveSize);
  if (state.xstate_size == 0) return;
  char* at = stream->Begin("LINUX", NT_X86_XSTATE, state.xstate_size);
  if (at == nullptr) return;
  __builtin_memcpy(at, state.data, state.xstate_size);
  // Debuggers expect XCR0 where the signal frame has the kernel's own words.
  __builtin_memset(at + kSoftwareBytes, 0, kFxsaveSize - kSoftwareBytes);
  __builtin_memcpy(at + kSoftwareBytes, &state.features, 8);
  // The header's first word: which of them are not in their initial state.
  uint64_t in_use;
  __builtin_memcpy(&in_use, at + kFxsaveSize, 8);
  in_use &= state.features;
  __builtin_memcpy(at + kFxsaveSize, &in_use, 8);
}

void ProcessInfo(const Parts& parts, NoteStream* stream) {
  elf_prpsinfo info{};
  info.pr_sname = 'R';
  info.pr_uid = parts.head.uid;
  info.pr_pid = parts.process.pid;
  StrCopy(info.pr_fname, sizeof(info.pr_fname),
          parts.strings.data + parts.process.comm);
  const char* arg = parts.strings.data + parts.head.args;
  size_t used = 0;
  for (uint32_t i = 0; i < parts.head.args_count; ++i) {
    for (; *arg != '\0'; ++arg) {
      if (used + 1 < sizeof(info.pr_psargs)) info.pr_psargs[used++] = *arg;
    }
    ++arg;
    if (used + 1 < sizeof(info.pr_psargs)) info.pr_psargs[used++] = ' ';
  }
  if (used > 0) info.pr_psargs[used - 1] = '\0';
  stream->Add("CORE", NT_PRPSINFO, &info, sizeof(info));
}

// NT_FILE: count, page size, {start, end, offset in pages}[], names.
void MappedFiles(const Parts& parts, NoteStream* stream) {
  uint64_t count = 0, names = 0;
  for (const VmaRecord& vma : parts.vmas) {
    if (vma.module == kNoModule) continue;
    ++count;
    names +=
        StrLen(parts.strings.data + parts.modules[vma.module].path) + 1;
  }
  char* at = stream->Begin("CORE", NT_FILE, (2 + 3 * count) * 8 + names);
  if (at == nullptr) return;
  auto* words = reinterpret_cast<uint64_t*>(at);
  *words++ = count;
  *words++ = kPageSize;
  char* name = at + (2 + 3 * count) * 8;
  for (const VmaRecord& vma : parts.vmas) {
    if (vma.module == kNoModule) continue;
    *words++ = vma.start;
    *words++ = vma.end;
    *words++ = vma.file_offset / kPageSize;
    const char* path = parts.strings.data + parts.modules[vma.module].path;
    const size_t size = StrLen(path) + 1;
    __builtin_memcpy(name, path, size);
    name += size;
  }
}

void AllNotes(const Parts& parts, NoteStream* stream) {
  stream->Add(kNoteOwner, static_cast<uint32_t>(NoteType::kHead), &parts.head,
              sizeof(parts.head));
  ProcessInfo(parts, stream);
  for (const ThreadRecord& thread : parts.threads) {
    ThreadNotes(parts, thread, stream);
  }
  stream->Add("CORE", NT_AUXV, parts.auxv.data, parts.auxv.size);
  MappedFiles(parts, stream);
  stream->Table(NoteType::kStrings, parts.strings);
  stream->Add(kNoteOwner, static_cast<uint32_t>(NoteType::kProcess),
              &parts.process, sizeof(parts.process));
  stream->Table(NoteType::kThreads, parts.threads);
  stream->Table(NoteType::kLocks, parts.locks);
  stream->Table(NoteType::kVmas, parts.vmas);
  stream->Table(NoteType::kModules, parts.modules);
  stream->Table(NoteType::kBlocks, parts.blocks);
  stream->Table(NoteType::kFds, parts.fds);
  stream->Add(kNoteOwner, static_cast<uint32_t>(NoteType::kSignals),
              parts.signals, sizeof(parts.signals));
  stream->Table(NoteType::kGuards, parts.guards);
  stream->Table(NoteType::kMemoryPolicies, parts.memory_policies);
  stream->Table(NoteType::kExcluded, parts.excluded);
  stream->Table(NoteType::kVdso, parts.vdso);
  stream->Table(NoteType::kXsave, parts.xsave);
  stream->Table(NoteType::kFiles, parts.files);
  stream->Table(NoteType::kFileBlocks, parts.file_blocks);
  stream->Table(NoteType::kFileLocks, parts.file_locks);
  stream->Table(NoteType::kPending, parts.pending);
  stream->Table(NoteType::kTimers, parts.timers);
  stream->Table(NoteType::kObjects, parts.objects);
  stream->Table(NoteType::kObjectData, parts.object_data);
}

}  // namespace

uint64_t NotesSize(const Parts& parts) {
  NoteStream stream(nullptr);
  AllNotes(parts, &stream);
  return stream.size();
}

void BuildNotes(const Parts& parts, char* out) {
  NoteStream stream(out);
  AllNotes(parts, &stream);
}

HeadRecord* HeadOf(char* notes) {
  return reinterpret_cast<HeadRecord*>(
      notes + AlignUp<uint64_t>(sizeof(Elf64_Nhdr) + sizeof(kNoteOwner), 8));
}

void SetMetaChecksum(char* notes, char* meta, uint64_t meta_size) {
  HeadRecord* head = HeadOf(notes);
  head->meta_xxh3 = 0;
  head->meta_xxh3 = Xxh3(meta, meta_size);
}

}  // namespace ckpt::image
