// address_space.cpp - see address_space.h.

#include "track/address_space.h"

#include <sys/mman.h>

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "track/advice.h"
#include "track/shared_memory.h"

namespace ckpt::track {
namespace {

using image::VmaKind;

constexpr uint64_t kPage = image::kPageSize;
// Holes smaller than this are saved with what is round them: a block and a
// PT_LOAD each would cost more.
constexpr uint64_t kSmallHole = 64 << 10;
// The names of the mappings that tell `ckpt now` about this process.
constexpr char kClaimPrefix[] = "/memfd:ckpt:1:";
constexpr char kDeleted[] = " (deleted)";
// What the kernel puts round the names of PR_SET_VMA_ANON_NAME.
constexpr char kNamed[] = "[anon:", kNamedShared[] = "[anon_shmem:";

bool IsVdsoPart(const char* name) {
  return StrEq(name, "[vdso]") || StartsWith(name, "[vvar");
}

bool IsNobodys(const char* name) {
  return StrEq(name, "[vsyscall]") || StrEq(name, "[uprobes]") ||
         StartsWith(name, kClaimPrefix);
}

}  // namespace

bool AddressSpace::Open(Line* reason) {
  if (pagemap_.Open() >= 0) return true;
  reason->Str("cannot read /proc/self/pagemap");
  return false;
}

bool AddressSpace::Collect(image::ProcessRecord* process, Line* reason) {
  const size_t capacity = text_->left();
  char* text = text_->Take<char>(capacity);
  const long n = sys::ReadWhole("/proc/thread-self/maps", text, capacity);
  if (n <= 0) {
    reason->Str("cannot read /proc/self/maps");
    pagemap_.Close();
    return false;
  }
  bool ok = true;
  char* cursor = text;
  for (char* line; ok && (line = NextLine(&cursor)) != nullptr;) {
    sys::MapLine map;
    if (!sys::ParseMapLine(line, &map) || IsNobodys(map.name)) continue;
    if (IsVdsoPart(map.name)) {
      uint32_t& count = process->vdso_part_count;
      if (count == 4) continue;
      if (StrEq(map.name, "[vdso]")) process->vdso_index = count;
      process->vdso_parts[count++] = {map.start, map.end};
      continue;
    }
    PathLine now;
    if (map.shared && IsSharedMemory(map.name) &&
        EndsWith(map.name, kDeleted) && NameOfSharedMemory(map.inode, &now)) {
      map.name = now.text();
    }
    ok = AddMapping(map, reason);
  }
  pagemap_.Close();
  if (ok && expect_guards_ && !pagemap_.has_guards()) {
    reason->Str("this kernel does not tell guard pages (MADV_GUARD_INSTALL) "
                "from others");
    ok = false;
  }
  if (ok && expect_advice_ && ReadAdvice(vmas()) < 0) {
    reason->Str("cannot read /proc/self/smaps");
    ok = false;
  }
  if (ok && full_) {
    reason->Str("the address space has too many pieces");
    ok = false;
  }
  return ok;
}

// Leaves out what belongs to the runtime: the kernel merges neighbours, so an
// excluded range may be anywhere in a mapping.
bool AddressSpace::AddMapping(const sys::MapLine& map, Line* reason) {
  Kind kind;
  if (!Classify(map, &kind, reason)) return false;
  uint64_t at = map.start;
  while (at < map.end) {
    uint64_t end = map.end, next = map.end;
    for (uint32_t i = 0; i < excluded_count_; ++i) {
      const image::Range& out = excluded_[i];
      if (out.end <= at || out.start >= end) continue;
      end = out.start;
      next = out.end;
    }
    if (end > at && !AddParts(map, kind, at, end, reason)) return false;
    at = next;
  }
  return true;
}

// Of a private mapping of a file, pages that are not saved would have the
// file's content after a restart; the program is promised zeros.
bool AddressSpace::AddParts(const sys::MapLine& map, const Kind& kind,
                            uint64_t start, uint64_t end, Line* reason) {
  if (kind.kind != VmaKind::kFilePrivate) {
    return AddVma(map, kind, start, end, reason);
  }
  constexpr Kind kZeros = {VmaKind::kAnonymous, false};
  for (uint64_t at = start; at < end;) {
    const image::Range out = ExcludedPages(left_out_, at);
    const uint64_t from = out.start < at ? at : out.start;
    const uint64_t file_end = from < end ? from : end;
    const uint64_t zeros_end = out.end < end ? out.end : end;
    if (file_end > at && !AddVma(map, kind, at, file_end, reason)) return false;
    if (file_end < end &&
        !AddVma(map, kZeros, file_end, zeros_end, reason)) {
      return false;
    }
    at = file_end < end ? zeros_end : end;
  }
  return true;
}

bool AddressSpace::Classify(const sys::MapLine& map, Kind* kind, Line* reason) {
  kind->whole = false;
  const bool deleted = EndsWith(map.name, kDeleted);
  if (StrEq(map.name, "[stack]")) {
    kind->kind = VmaKind::kStack;
  } else if (StartsWith(map.name, kNamedShared)) {
    kind->kind = VmaKind::kSharedAnonymous;
  } else if (map.inode == 0 || StartsWith(map.name, "/dev/zero")) {
    kind->kind = map.shared ? VmaKind::kSharedAnonymous : VmaKind::kAnonymous;
    if (map.shared && map.inode == 0) {
      reason->Str("memory at 0x").Hex(map.start).Str(" is a device (").Str(
          map.name).Char(')');
      return false;
    }
  } else if (!map.shared && (deleted || StartsWith(map.name, "/memfd:") ||
                             (keep_files_ &&
                              !StartsWith(map.name, "/dev/")))) {
    kind->kind = VmaKind::kAnonymous;
    kind->whole = true;
  } else if (!map.shared && !StartsWith(map.name, "/dev/")) {
    kind->kind = VmaKind::kFilePrivate;
  } else if (!deleted && map.name[0] == '/' &&
             (!StartsWith(map.name, "/dev/") || IsSharedMemory(map.name)) &&
             !StartsWith(map.name, "/SYSV")) {
    kind->kind = VmaKind::kFileShared;
  } else {
    reason->Str("shared memory at 0x").Hex(map.start).Str(" (").Str(map.name)
        .Str(") cannot be carried over a restart");
    return false;
  }
  return true;
}

bool AddressSpace::AddVma(const sys::MapLine& map, const Kind& kind,
                          uint64_t start, uint64_t end, Line* reason) {
  image::VmaRecord* vma = vmas_.Add();
  if (vma == nullptr) {
    full_ = true;
    return true;
  }
  *vma = {};
  vma->start = start;
  vma->end = end;
  vma->kind = kind.kind;
  vma->prot = static_cast<uint32_t>(map.prot);
  vma->module = image::kNoModule;
  if (kind.kind == VmaKind::kFilePrivate || kind.kind == VmaKind::kFileShared) {
    vma->file_offset = map.offset + (start - map.start);
    vma->module = ModuleOf(map);
    if (vma->module == image::kNoModule) {
      full_ = true;
      return true;
    }
  }
  vma->name = NameOf(map);
  vma->memory_policy = PolicyOf(*vma);
  const long r = FindPages(*vma, kind.whole);
  if (r < 0) {
    reason->Str("cannot find the pages of memory at 0x").Hex(start);
    return false;
  }
  return !expect_guards_ || FindGuards(*vma, reason);
}

// The name that the program has given to anonymous memory.
image::StringRef AddressSpace::NameOf(const sys::MapLine& map) {
  const char* name = StartsWith(map.name, kNamed) ? map.name + StrLen(kNamed)
                     : StartsWith(map.name, kNamedShared)
                         ? map.name + StrLen(kNamedShared)
                         : nullptr;
  if (name == nullptr) return 0;
  Line text;
  text.Str(name);
  // The kernel lets no `]` into a name.
  LineOf<128> inner;
  for (const char* p = text.text(); *p != '\0' && *p != ']'; ++p) {
    inner.Char(*p);
  }
  // Allocators give the same name to area after area.
  if (last_name_ == 0 || !StrEq(strings_->Get(last_name_), inner.text())) {
    last_name_ = strings_->Add(inner.text());
  }
  return last_name_;
}

// Where the kernel shall take the memory from (mbind). Of memory that is never
// the process's own nobody asks.
uint32_t AddressSpace::PolicyOf(const image::VmaRecord& vma) {
  constexpr int kDefault = 0, kOfAddress = 2;  // MPOL_DEFAULT, MPOL_F_ADDR
  const bool own =
      vma.kind != VmaKind::kFileShared &&
      (vma.kind != VmaKind::kFilePrivate || (vma.prot & PROT_WRITE) != 0);
  if (!has_policies_ || !own) return image::kNoMemoryPolicy;
  image::MemoryPolicyRecord policy{};
  int mode = kDefault;
  // The kernel counts one bit less than it is told.
  const long r =
      sys::Raw(__NR_get_mempolicy, &mode, policy.nodes,
               image::kMaskWords * 64 + 1, vma.start, kOfAddress);
  has_policies_ = r >= 0;
  if (r < 0 || mode == kDefault) return image::kNoMemoryPolicy;
  policy.mode = static_cast<uint32_t>(mode);
  for (size_t i = policies_.size(); i-- > 0;) {
    if (BytesEq(&policies_[i], &policy, sizeof(policy))) {
      return static_cast<uint32_t>(i);
    }
  }
  image::MemoryPolicyRecord* added = policies_.Add();
  if (added == nullptr) {
    full_ = true;
    return image::kNoMemoryPolicy;
  }
  *added = policy;
  return static_cast<uint32_t>(policies_.size() - 1);
}

// Guard pages where FindPages does not come upon them.
bool AddressSpace::FindGuards(const image::VmaRecord& vma, Line* reason) {
  const size_t before = guards_.size();
  const auto add = [](void* context, sys::PageRun run) {
    static_cast<AddressSpace*>(context)->AddGuard({run.start, run.end});
  };
  const long r = pagemap_.Scan(vma.start, vma.end, sys::PageFilter::kGuards,
                               add, this);
  if (r < 0) {
    reason->Str("cannot find the guard pages of memory at 0x").Hex(vma.start);
    return false;
  }
  // What is under them cannot be read.
  if (vma.kind == VmaKind::kSharedAnonymous && guards_.size() > before) {
    reason->Str("shared memory at 0x").Hex(vma.start).Str(
        " has guard pages (MADV_GUARD_INSTALL), which cannot be carried over "
        "a restart");
    return false;
  }
  return true;
}

// Runs come in ascending order, and perhaps twice.
void AddressSpace::AddGuard(image::Range range) {
  if (guards_.size() > 0) {
    image::Range& last = guards_.last();
    if (range.end <= last.end) return;
    if (range.start < last.end) range.start = last.end;
    // Not across the border of two areas.
    if (range.start == last.end && range.start != current_.start) {
      last.end = range.end;
      return;
    }
  }
  image::Range* added = guards_.Add();
  if (added == nullptr) {
    full_ = true;
    return;
  }
  *added = range;
}

uint32_t AddressSpace::ModuleOf(const sys::MapLine& map) {
  for (size_t i = modules_.size(); i-- > 0;) {
    if (modules_[i].inode == map.inode && modules_[i].device == map.device &&
        StrEq(strings_->Get(modules_[i].path), map.name)) {
      return static_cast<uint32_t>(i);
    }
  }
  image::ModuleRecord* module = modules_.Add();
  if (module == nullptr) return image::kNoModule;
  *module = {};
  module->path = strings_->Add(map.name);
  module->device = map.device;
  module->inode = map.inode;
  return static_cast<uint32_t>(modules_.size() - 1);
}

long AddressSpace::FindPages(const image::VmaRecord& vma, bool whole) {
  current_ = vma;
  if (whole) return FindReadablePages(vma);
  switch (vma.kind) {
    case VmaKind::kAnonymous:
    case VmaKind::kStack:
      return pagemap_.Scan(vma.start, vma.end, sys::PageFilter::kAnonymous,
                           AddRun, this);
    case VmaKind::kFilePrivate:
      return pagemap_.Scan(vma.start, vma.end, sys::PageFilter::kPrivateFile,
                           AddRun, this);
    case VmaKind::kSharedAnonymous:
      return FindResidentPages(vma);
    case VmaKind::kFileShared:
      return 0;
  }
  return 0;
}

// A mapping whose file is gone ends where the file ended, somewhere in the
// mapping: the kernel says which pages can be read.
long AddressSpace::FindReadablePages(const image::VmaRecord& vma) {
  const int pid = sys::GetTid();
  for (uint64_t at = vma.start; at < vma.end; at += kPage) {
    char byte;
    struct Vector {
      uint64_t base, size;
    };
    const Vector local{reinterpret_cast<uint64_t>(&byte), 1};
    const Vector remote{at, 1};
    if (sys::Raw(__NR_process_vm_readv, pid, &local, 1, &remote, 1, 0) == 1) {
      AddRun(this, {at, at + kPage});
    }
  }
  return 0;
}

// Shared memory may hold pages that this process has not touched: ask for what
// is in memory rather than in the page table.
long AddressSpace::FindResidentPages(const image::VmaRecord& vma) {
  unsigned char resident[4096];
  for (uint64_t at = vma.start; at < vma.end;) {
    const uint64_t pages = (vma.end - at) / kPage;
    const uint64_t count = pages < sizeof(resident) ? pages : sizeof(resident);
    const long r = sys::Raw(__NR_mincore, at, count * kPage, resident);
    if (r < 0) return r;
    for (uint64_t i = 0; i < count; ++i, at += kPage) {
      if ((resident[i] & 1) != 0) AddRun(this, {at, at + kPage});
    }
  }
  return 0;
}

// Appends a run to the blocks, without the pages that are left out.
void AddressSpace::AddRun(void* context, sys::PageRun run) {
  auto* self = static_cast<AddressSpace*>(context);
  const image::VmaRecord& vma = self->current_;
  if (run.start < vma.start) run.start = vma.start;
  if (run.end > vma.end) run.end = vma.end;
  if (run.guard) {
    self->barrier_ = run.end;
    self->AddGuard({run.start, run.end});
    return;
  }
  for (uint64_t at = run.start; at < run.end;) {
    const image::Range out = ExcludedPages(self->left_out_, at);
    if (out.start > at) {
      self->AddPages(at, out.start < run.end ? out.start : run.end);
    }
    if (out.start >= run.end) break;
    at = self->barrier_ = out.end;
  }
}

// Appends pages to the blocks, joined with the one before if the hole between
// them is small and made of zeros.
void AddressSpace::AddPages(uint64_t at, uint64_t end) {
  const image::VmaRecord& vma = current_;
  const uint64_t small = vma.kind == VmaKind::kFilePrivate ? 0 : kSmallHole;
  if (blocks_.size() > 0) {
    image::BlockRecord& last = blocks_.last();
    const uint64_t last_end = last.address + last.size;
    if (last.address >= vma.start && at >= last_end &&
        at - last_end <= small && barrier_ <= last_end) {
      at = last_end;
      const uint64_t room = image::kMaxBlock - last.size;
      const uint64_t take = end - at < room ? end - at : room;
      last.size += take;
      at += take;
    }
  }
  while (at < end) {
    image::BlockRecord* block = blocks_.Add();
    if (block == nullptr) {
      full_ = true;
      return;
    }
    *block = {at, 0, BlockSize(at, end), 0};
    at += block->size;
  }
}

}  // namespace ckpt::track
