// restorer_memory.cpp - see restorer_memory.h. Freestanding and
// position-independent, as restorer.cpp.

#include "restore/restorer_memory.h"

#include <linux/prctl.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/line.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::restore {

// Restorer. The words are built on the stack: constants would need relocations.
[[noreturn]] void Fail(const Plan* plan, const char* what, long error) {
  Line line;
  line.Str("ckpt: restart failed: ").Str(what);
  if (error < 0)
    line.Str(" (errno ").Dec(static_cast<uint64_t>(-error)).Char(')');
  line.Char('\n');
  sys::Write(2, line.text(), line.size());
  (void)plan;
  sys::ExitGroup(kExitToolFailed);
}

// Restorer. A fault point, by the plan's copy of the arming.
long FaultAt(Plan* plan, fault::Point point) {
  int error;
  if (!fault::Hits(plan->fault, point, &error)) return 0;
  if (error == fault::kKill) {
    sys::Raw(__NR_kill, sys::GetPid(), SIGKILL);
    for (;;) sys::Raw(__NR_pause);
  }
  return -error;
}

namespace {

constexpr uint64_t kLowestAddress = 0x10000;
constexpr uint64_t kAddressEnd = 0x7ffffffff000;
constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, Linux 5.14

// Restorer. Unmaps everything but the plan's block and the vdso.
void UnmapOld(const Plan* plan) {
  uint64_t at = kLowestAddress;
  for (;;) {
    // The lowest kept range at or above `at`.
    uint64_t start = kAddressEnd, end = kAddressEnd;
    if (plan->block_start >= at) {
      start = plan->block_start;
      end = start + plan->block_size;
    }
    for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
      const image::Range& part = plan->vdso_now[i];
      if (part.start >= at && part.start < start) {
        start = part.start;
        end = part.end;
      }
    }
    if (start > at) {
      const long r = sys::Unmap(at, start - at);
      if (r < 0) Fail(plan, "cannot unmap the old memory", r);
    }
    if (end >= kAddressEnd) return;
    at = end;
  }
}

// Restorer. That of another kernel, which leads to this one's
// (restore/foreign_vdso).
void PutOldVdso(const Plan* plan) {
  const uint64_t at = plan->old_vdso_at, size = plan->old_vdso_size;
  long r = sys::Map(at, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (!sys::IsError(r)) {
    __builtin_memcpy(reinterpret_cast<void*>(at), plan->old_vdso, size);
    r = sys::Raw(__NR_mprotect, at, size, PROT_READ | PROT_EXEC);
  }
  if (sys::IsError(r)) Fail(plan, "cannot map the old vdso", r);
}

// Restorer. Old and new places may overlap, so each part goes by way of the
// scratch range.
void MoveVdso(const Plan* plan) {
  uint64_t scratch = plan->vdso_scratch;
  for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
    const uint64_t size = plan->vdso_now[i].end - plan->vdso_now[i].start;
    const long r = sys::Move(plan->vdso_now[i].start, size, scratch);
    if (sys::IsError(r)) Fail(plan, "cannot move the vdso", r);
    scratch += size;
  }
  if (plan->old_vdso_size != 0) PutOldVdso(plan);
  if (plan->vdso_stays != 0) return;
  scratch = plan->vdso_scratch;
  for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
    const uint64_t size = plan->vdso_now[i].end - plan->vdso_now[i].start;
    const long r = sys::Move(scratch, size, plan->vdso_target[i]);
    if (sys::IsError(r)) Fail(plan, "cannot move the vdso", r);
    scratch += size;
  }
}

// Restorer. Opens the file of a mapping; -1 for anonymous memory.
int OpenMapped(const Plan* plan, const PlanVma& vma) {
  if (vma.path == nullptr) return -1;
  const bool write =
      vma.kind == image::VmaKind::kFileShared && (vma.prot & PROT_WRITE) != 0;
  const long fd =
      sys::Open(vma.path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (fd < 0) Fail(plan, vma.path, fd);
  return static_cast<int>(fd);
}

int MapFlags(image::VmaKind kind) {
  switch (kind) {
    case image::VmaKind::kAnonymous:
      return MAP_PRIVATE | MAP_ANONYMOUS;
    case image::VmaKind::kSharedAnonymous:
      return MAP_SHARED | MAP_ANONYMOUS;
    case image::VmaKind::kFilePrivate:
      return MAP_PRIVATE;
    case image::VmaKind::kFileShared:
      return MAP_SHARED;
    case image::VmaKind::kStack:
      // Not a mapping of the image: it could not grow.
      return MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_STACK;
  }
  return 0;
}

constexpr int kDroppable = 8;           // MAP_DROPPABLE, Linux 6.11
constexpr int kMseal = 462;             // Linux 6.10
constexpr int kGuardInstall = 102;      // MADV_GUARD_INSTALL, Linux 6.13
constexpr int kSetVma = 0x53564d41;     // PR_SET_VMA, Linux 5.17
constexpr int kSetVmaAnonName = 0;

// Restorer. What the program has said about a mapping, before there is anything
// in it: where pages come from and how large they are is decided then.
void Advise(Plan* plan, const PlanVma& vma) {
  const uint64_t size = vma.end - vma.start;
  for (int advice = 0; advice < 32; ++advice) {
    if ((vma.advice & image::kMadvise & 1u << advice) == 0) continue;
    if (sys::Raw(__NR_madvise, vma.start, size, advice) < 0 &&
        plan->lost.advice == 0) {
      plan->lost.advice = vma.start;
    }
  }
  if (vma.policy != nullptr &&
      sys::Raw(__NR_mbind, vma.start, size, vma.policy->mode,
               vma.policy->nodes, image::kMaskWords * 64 + 1, 0) < 0 &&
      plan->lost.memory_policy == 0) {
    plan->lost.memory_policy = vma.start;
  }
  if (vma.name != nullptr) {
    sys::Prctl(kSetVma, kSetVmaAnonName, vma.start, size,
               reinterpret_cast<uint64_t>(vma.name));
  }
}

// Restorer. Makes one mapping and reads its blocks.
void RestoreVma(Plan* plan, const PlanVma& vma) {
  const long fault = FaultAt(plan, fault::Point::restore_memory);
  if (fault < 0) Fail(plan, "cannot map memory", fault);
  const int fd = OpenMapped(plan, vma);
  const uint64_t size = vma.end - vma.start;
  const int final_prot = static_cast<int>(vma.prot);
  const int prot =
      vma.block_count > 0 ? final_prot | PROT_READ | PROT_WRITE : final_prot;
  const int flags = MapFlags(vma.kind) | MAP_FIXED |
                    ((vma.advice & image::kAdviceNoReserve) != 0
                         ? MAP_NORESERVE
                         : 0) |
                    ((vma.advice & image::kAdviceGrowsDown) != 0
                         ? MAP_GROWSDOWN
                         : 0);
  long r = -22;  // EINVAL
  if ((vma.advice & image::kAdviceDroppable) != 0) {
    r = sys::Map(vma.start, size, prot, (flags & ~MAP_TYPE) | kDroppable, fd,
                 vma.file_offset);
    if (r < 0 && plan->lost.advice == 0) plan->lost.advice = vma.start;
  }
  if (r == -22) {
    r = sys::Map(vma.start, size, prot, flags, fd, vma.file_offset);
  }
  // Under a strict memory limit the reservation may be refused that grew
  // piecemeal in the first life.
  if (r == -12) {
    r = sys::Map(vma.start, size, prot, flags | MAP_NORESERVE, fd,
                 vma.file_offset);
  }
  if (sys::IsError(r)) Fail(plan, "cannot map memory", r);
  if (fd >= 0) sys::Close(fd);
  Advise(plan, vma);
  for (uint32_t i = 0; i < vma.block_count; ++i) {
    const image::BlockRecord& block = plan->blocks[vma.first_block + i];
    // Cheaper than a fault per page in the read; an older kernel says no.
    sys::Raw(__NR_madvise, block.address, block.size, kPopulateWrite);
    r = sys::PreadAll(plan->image_fd, reinterpret_cast<void*>(block.address),
                      block.size, block.file_offset);
    if (r < 0) Fail(plan, "cannot read the image", r);
  }
  if (prot != final_prot) {
    r = sys::Protect(vma.start, size, final_prot);
    if (r < 0) Fail(plan, "cannot protect memory", r);
  }
}

// Restorer. Pages that may not be touched.
void RestoreGuards(const Plan* plan) {
  for (uint64_t i = 0; i < plan->guard_count; ++i) {
    const image::Range& guard = plan->guards[i];
    const long r = sys::Raw(__NR_madvise, guard.start, guard.end - guard.start,
                            kGuardInstall);
    if (r < 0) Fail(plan, "cannot install guard pages", r);
  }
}

// Restorer. When nothing is to be changed any more.
void SealMemory(Plan* plan) {
  for (uint64_t i = 0; i < plan->vma_count; ++i) {
    const PlanVma& vma = plan->vmas[i];
    if ((vma.advice & image::kAdviceSealed) == 0) continue;
    if (sys::Raw(kMseal, vma.start, vma.end - vma.start, 0) < 0 &&
        plan->lost.advice == 0) {
      plan->lost.advice = vma.start;
    }
  }
}

// The kernel's struct prctl_mm_map.
struct MmMap {
  uint64_t start_code, end_code, start_data, end_data, start_brk, brk;
  uint64_t start_stack, arg_start, arg_end, env_start, env_end;
  uint64_t auxv;
  uint32_t auxv_size, exe_fd;
};

}  // namespace

void RestoreMemory(Plan* plan) {
  UnmapOld(plan);
  MoveVdso(plan);
  for (uint32_t i = 0; i < plan->vma_count; ++i) {
    RestoreVma(plan, plan->vmas[i]);
  }
  RestoreGuards(plan);
  SealMemory(plan);
}

// Restorer. Where the kernel thinks heap, arguments and environment are.
void RestoreLayout(const Plan* plan) {
  const image::ProcessRecord& p = plan->process;
  MmMap map{p.start_code, p.end_code,  p.start_data, p.end_data,
            p.start_brk,  p.brk,       p.start_stack, p.arg_start,
            p.arg_end,    p.env_start, p.env_end,
            reinterpret_cast<uint64_t>(plan->auxv),
            static_cast<uint32_t>(plan->auxv_size), ~0u};
  long r = sys::Prctl(PR_SET_MM, PR_SET_MM_MAP,
                      reinterpret_cast<uint64_t>(&map), sizeof(map));
  if (r < 0 && map.auxv_size != 0) {
    map.auxv = 0;
    map.auxv_size = 0;
    r = sys::Prctl(PR_SET_MM, PR_SET_MM_MAP, reinterpret_cast<uint64_t>(&map),
                   sizeof(map));
  }
  if (r < 0) Fail(plan, "cannot set the heap's end (PR_SET_MM_MAP)", r);
}

}  // namespace ckpt::restore
