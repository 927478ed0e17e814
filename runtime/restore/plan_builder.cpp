// plan_builder.cpp - see plan_builder.h. The block, from its start:
//   restorer code (r-x) | Plan, tables, texts | stack | Progress (shared)
// and behind it room to put the vdso meanwhile.

#include "restore/plan_builder.h"

#include <sys/mman.h>

#include "base/bytes.h"
#include "core/message.h"
#include "restore/foreign_vdso.h"
#include "restore/layout.h"
#include "restore/restorer.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/signal.h"
#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::restore {
namespace {

constexpr uint64_t kPage = image::kPageSize;
constexpr uint64_t kVdsoRoom = 64 * kPage;

uint64_t RestorerBytes() {
  return static_cast<uint64_t>(__ckpt_restorer_end - __ckpt_restorer_start);
}

uint64_t CodeSize() { return AlignUp<uint64_t>(RestorerBytes(), kPage); }

// 0 or -errno. Where memory may not be written and then executed (PR_SET_MDWE),
// by way of a file.
long PutCode(uint64_t at) {
  __builtin_memcpy(reinterpret_cast<void*>(at), __ckpt_restorer_start,
                   RestorerBytes());
  if (sys::Protect(at, CodeSize(), PROT_READ | PROT_EXEC) >= 0) return 0;
  constexpr unsigned kMfdCloexec = 1, kMfdExec = 16;
  const char name[] = "restorer";
  long fd = sys::Raw(__NR_memfd_create, name, kMfdCloexec | kMfdExec);
  if (fd < 0) fd = sys::Raw(__NR_memfd_create, name, kMfdCloexec);
  if (fd < 0) return fd;
  const int file = static_cast<int>(fd);
  long r = sys::WriteAll(file, __ckpt_restorer_start, RestorerBytes());
  if (r >= 0) {
    r = sys::Map(at, CodeSize(), PROT_READ | PROT_EXEC,
                 MAP_PRIVATE | MAP_FIXED, file);
  }
  sys::Close(file);
  return sys::IsError(r) ? r : 0;
}

[[noreturn]] void NoRoom(long error) {
  Line line;
  line.Str("restart refused: no room for the restorer: ");
  core::AddError(&line, error);
  core::Fatal(line);
}

}  // namespace

uint64_t PlanBuilder::BlockSize(const Candidate& candidate,
                                Span<const PlanFile> files) const {
  const image::Reader& r = candidate.reader();
  uint64_t tables = sizeof(Plan) + r.vmas().size * sizeof(PlanVma) +
                    r.threads().size * sizeof(PlanThread) +
                    r.blocks().size * sizeof(image::BlockRecord) +
                    r.signals().size * sizeof(image::SignalRecord) +
                    r.guards().size * sizeof(image::Range) +
                    r.memory_policies().size *
                        sizeof(image::MemoryPolicyRecord) +
                    r.pending().size * sizeof(image::PendingRecord) +
                    r.timers().size * sizeof(image::TimerRecord) +
                    r.auxv().size + r.vdso().size +
                    files.size * sizeof(PlanFile) +
                    r.file_blocks().size * sizeof(image::FileBlockRecord) +
                    r.file_locks().size * sizeof(image::FileLockRecord) +
                    sizeof(core::Options) + core::kPathCapacity * 2 + 8192;
  for (const image::ModuleRecord& module : r.modules()) {
    tables += StrLen(candidate.ModulePath(module)) + 1;
  }
  for (const PlanFile& file : files) tables += StrLen(file.path) + 1;
  for (const image::VmaRecord& vma : r.vmas()) {
    tables += StrLen(r.String(vma.name)) + 1;
  }
  return CodeSize() + AlignUp<uint64_t>(tables, kPage) + kRestorerStack +
         AlignUp<uint64_t>(sizeof(Progress), kPage);
}

template <typename T>
const T* PlanBuilder::Copy(const T* from, uint64_t count) {
  next_ = AlignUp<uint64_t>(next_, alignof(T));
  auto* to = reinterpret_cast<T*>(next_);
  next_ += count * sizeof(T);
  if (next_ > end_) core::Fatal(Line().Str("internal error: plan too small"));
  if (count > 0) __builtin_memcpy(to, from, count * sizeof(T));
  return to;
}

const char* PlanBuilder::CopyText(const char* text) {
  return Copy(text, StrLen(text) + 1);
}

void PlanBuilder::FillVmas(const Candidate& candidate) {
  const image::Reader& r = candidate.reader();
  // One path per module, shared by its mappings.
  const char** paths = nullptr;
  next_ = AlignUp<uint64_t>(next_, alignof(PlanVma));
  auto* vmas = reinterpret_cast<PlanVma*>(next_);
  next_ += r.vmas().size * sizeof(PlanVma);
  const long memory =
      sys::MapAnonymous((r.modules().size + 1) * sizeof(const char*));
  if (sys::IsError(memory)) core::Fatal(Line().Str("out of memory"));
  paths = reinterpret_cast<const char**>(memory);
  for (size_t i = 0; i < r.modules().size; ++i) {
    paths[i] = CopyText(candidate.ModulePath(r.modules()[i]));
  }
  const image::MemoryPolicyRecord* policies =
      Copy(r.memory_policies().data, r.memory_policies().size);
  uint32_t block = 0;
  for (size_t i = 0; i < r.vmas().size; ++i) {
    const image::VmaRecord& from = r.vmas()[i];
    PlanVma* vma = &vmas[i];
    vma->start = from.start;
    vma->end = from.end;
    vma->kind = from.kind;
    vma->prot = from.prot;
    vma->path =
        from.module == image::kNoModule ? nullptr : paths[from.module];
    vma->file_offset = from.file_offset;
    vma->advice = from.advice;
    vma->name = from.name == 0 ? nullptr : CopyText(r.String(from.name));
    vma->policy = from.memory_policy == image::kNoMemoryPolicy
                      ? nullptr
                      : &policies[from.memory_policy];
    vma->first_block = block;
    while (block < r.blocks().size && r.blocks()[block].address < from.end) {
      ++block;
    }
    vma->block_count = block - vma->first_block;
  }
  sys::Unmap(static_cast<uint64_t>(memory),
             (r.modules().size + 1) * sizeof(const char*));
  plan_->vmas = vmas;
  plan_->vma_count = static_cast<uint32_t>(r.vmas().size);
  plan_->blocks = Copy(r.blocks().data, r.blocks().size);
  plan_->guards = Copy(r.guards().data, r.guards().size);
  plan_->guard_count = r.guards().size;
  plan_->timers = Copy(r.timers().data, r.timers().size);
  plan_->timer_count = r.timers().size;
}

void PlanBuilder::FillThreads(const Candidate& candidate,
                              bool keep_kernel_ids) {
  const Span<const image::ThreadRecord> threads = candidate.reader().threads();
  next_ = AlignUp<uint64_t>(next_, alignof(PlanThread));
  auto* to = reinterpret_cast<PlanThread*>(next_);
  next_ += threads.size * sizeof(PlanThread);
  if (next_ > end_) core::Fatal(Line().Str("internal error: plan too small"));
  for (size_t i = 0; i < threads.size; ++i) {
    to[i].record = threads[i];
    to[i].plan = reinterpret_cast<uint64_t>(plan_);
    to[i].wanted = keep_kernel_ids ? threads[i].tid : threads[i].vtid;
    // An id that the registry has invented: no kernel gives it to anybody.
    if (to[i].wanted >= track::kFirstInventedId) to[i].wanted = 0;
    to[i].reserved = 0;
  }
  plan_->threads = to;
  plan_->thread_count = static_cast<uint32_t>(threads.size);
  plan_->leader_exited =
      threads[0].state == image::ThreadState::kExitedLeader ? 1 : 0;
}

// After FillThreads. What is sent with all that is known of it (core/pending)
// is none of the restorer's.
void PlanBuilder::FillPending(const Candidate& candidate) {
  const image::Reader& r = candidate.reader();
  plan_->pending = Copy(r.pending().data, r.pending().size);
  plan_->pending_count = r.pending().size;
  for (const image::PendingRecord& sent : r.pending()) {
    uint64_t* set = sent.thread == image::kNoThread
                        ? &plan_->process.pending
                        : &plan_->threads[sent.thread].record.pending;
    *set &= ~sys::SignalBit(sent.signal);
  }
}

void PlanBuilder::FillFiles(const Candidate& candidate,
                            Span<const PlanFile> files) {
  const image::Reader& r = candidate.reader();
  const PlanFile* to = Copy(files.data, files.size);
  for (size_t i = 0; i < files.size; ++i) {
    const_cast<PlanFile*>(to)[i].path = CopyText(files[i].path);
  }
  plan_->files = to;
  plan_->file_count = files.size;
  plan_->file_blocks = Copy(r.file_blocks().data, r.file_blocks().size);
  plan_->file_locks = Copy(r.file_locks().data, r.file_locks().size);
  plan_->file_lock_count = r.file_locks().size;
  plan_->time_ns = static_cast<int64_t>(r.head().time_ns);
}

void PlanBuilder::Build(const Candidate& candidate,
                        Span<const PlanFile> files,
                        const core::Options& options, uint64_t started_us,
                        bool keep_kernel_ids) {
  const image::Reader& r = candidate.reader();
  size_ = BlockSize(candidate, files);
  start_ = FindHole(r.vmas(), r.process(), size_ + kVdsoRoom);
  long at = fault::At(fault::Point::restore_plan);
  if (at >= 0) {
    at = start_ == 0 ? -12
                     : sys::Map(start_, size_, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS |
                                    MAP_FIXED_NOREPLACE);
  }
  if (sys::IsError(at)) NoRoom(at);
  const uint64_t code = CodeSize();
  at = PutCode(start_);
  if (at < 0) NoRoom(at);

  const uint64_t shared = AlignUp<uint64_t>(sizeof(Progress), kPage);
  progress_ = reinterpret_cast<Progress*>(start_ + size_ - shared);
  at = sys::Map(start_ + size_ - shared, shared, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED);
  if (sys::IsError(at)) core::Fatal(Line().Str("restart refused: no memory"));
  progress_->image_start =
      reinterpret_cast<uint64_t>(candidate.bytes().data);
  progress_->image_size = candidate.bytes().size;
  stack_top_ = start_ + size_ - shared - 64;
  end_ = start_ + size_ - shared - kRestorerStack;

  plan_ = reinterpret_cast<Plan*>(start_ + code);
  *plan_ = {};
  next_ = start_ + code + sizeof(Plan);
  plan_->block_start = start_;
  plan_->block_size = size_;
  plan_->vdso_scratch = start_ + size_;
  plan_->process = r.process();
  plan_->started_us = started_us;
  static_assert(sizeof(Progress) + sizeof(fault::Armed) <= kPage);
  plan_->fault = reinterpret_cast<fault::Armed*>(progress_ + 1);
  *plan_->fault = fault::g_armed;
  plan_->signals = Copy(r.signals().data, r.signals().size);
  plan_->auxv =
      reinterpret_cast<const char*>(Copy(r.auxv().data, r.auxv().size));
  plan_->auxv_size = r.auxv().size;
  plan_->comm = CopyText(r.String(r.process().comm));
  plan_->options = reinterpret_cast<uint64_t>(Copy(&options, 1));
  plan_->image_path = reinterpret_cast<uint64_t>(CopyText(candidate.path()));
  FillVmas(candidate);
  FillThreads(candidate, keep_kernel_ids);
  FillPending(candidate);
  FillFiles(candidate, files);

  FillVdso(candidate);
}

void PlanBuilder::FillVdso(const Candidate& candidate) {
  const image::Reader& r = candidate.reader();
  const image::ProcessRecord& process = r.process();
  VdsoLayout vdso;
  vdso.Read();
  plan_->vdso_parts = vdso.count;
  for (uint32_t i = 0; i < vdso.count; ++i) {
    plan_->vdso_now[i] = vdso.parts[i];
    plan_->vdso_target[i] = process.vdso_parts[i].start;
  }
  plan_->vdso_stays =
      candidate.has_foreign_vdso() || process.vdso_part_count == 0 ? 1 : 0;
  if (!candidate.has_foreign_vdso()) return;
  uint64_t address = plan_->vdso_scratch;
  for (uint32_t i = 0; i < vdso.vdso; ++i) {
    address += vdso.parts[i].end - vdso.parts[i].start;
  }
  auto* copy = const_cast<uint8_t*>(Copy(r.vdso().data, r.vdso().size));
  Line why;
  if (!LeadAway({copy, r.vdso().size}, VdsoBytes(vdso), address, &why)) {
    core::Fatal(Line().Str("restart refused: ").Str(why.text()));
  }
  plan_->old_vdso = copy;
  plan_->old_vdso_size = r.vdso().size;
  plan_->old_vdso_at = process.vdso_parts[process.vdso_index].start;
}

void PlanBuilder::Jump() {
  const auto entry = reinterpret_cast<RestorerEntry>(start_);
  entry(plan_, stack_top_);
  __builtin_unreachable();
}

}  // namespace ckpt::restore
