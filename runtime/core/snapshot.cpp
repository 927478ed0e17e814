// snapshot.cpp - see snapshot.h.

#include "core/snapshot.h"

#include <sys/rseq.h>
#include <sys/utsname.h>

#include "base/bytes.h"
#include "core/build_id.h"
#include "core/coordinator.h"
#include "core/cpu_record.h"
#include "core/file_content.h"
#include "core/pending.h"
#include "core/process_settings.h"
#include "core/refusals.h"
#include "core/resume.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "core/thread_list.h"
#include "core/timers.h"
#include "ckpt/abi.h"
#include "image/checksum.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "sys/x86_64/frame.h"
#include "track/address_space.h"
#include "track/descriptors.h"
#include "track/file_locks.h"
#include "track/lock_records.h"
#include "track/locks.h"
#include "track/objects.h"

namespace ckpt::core {
namespace {

class Snapshot {
 public:
  Snapshot(const Stopped& stopped, Scratch* scratch, image::Parts* parts,
           Line* reason)
      : stopped_(stopped),
        scratch_(scratch),
        parts_(parts),
        reason_(reason),
        strings_(scratch->Part(2)) {}

  bool Take() {
    *parts_ = {};
    small_ = scratch_->Part(4);
    if (!Refusals()) return false;
    Head();
    track::ReleaseStaleSlots(stopped_.stop);
    if (!Threads() || !Descriptors() || !Process() || !Memory() || !Locks() ||
        !Pending()) {
      return false;
    }
    Modules();
    if (!Files()) return false;
    Signals();
    parts_->strings = strings_.bytes();
    if (strings_.full()) reason_->Str("too many names");
    return !strings_.full();
  }

 private:
  // Kernel state that no part of an image can express yet.
  bool Refusals() {
    // Acquire pairs with the hooks' release (hooks/credentials).
    if (g_state.changing_ids.load(std::memory_order_acquire) != 0) {
      reason_->Str("the program is changing its user or group id");
      return false;
    }
    return CheckProcessor(reason_);
  }

  void Head() {
    image::HeadRecord& head = parts_->head;
    head.magic = image::kMagic;
    head.version = image::kVersion;
    head.abi_version = CKPT_ABI_VERSION;
    __builtin_memcpy(head.run_id, g_state.run_id, sizeof(head.run_id));
    head.time_ns = sys::NowNs(CLOCK_REALTIME);
    image::ProcessRecord& process = parts_->process;
    process.monotonic_ns = sys::NowNs(CLOCK_MONOTONIC);
    process.boottime_ns = sys::NowNs(CLOCK_BOOTTIME);
    g_state.cpu.Stop(false);
    head.generation = g_state.generation;
    head.forks = g_state.forks;
    head.uid = static_cast<uint32_t>(sys::Raw(__NR_geteuid));
    head.stop_us =
        static_cast<uint32_t>(stopped_.parked_us - stopped_.request_us);
    head.program = strings_.Add(g_state.program);
    utsname names{};
    sys::Raw(__NR_uname, &names);
    head.hostname = strings_.Add(names.nodename);
    head.kernel = strings_.Add(
        Line().Str(names.release).Char(' ').Str(names.version).text());
    head.directory = strings_.Add(g_state.options.directory);
    head.args_count = static_cast<uint32_t>(g_state.argc);
    for (int32_t i = 0; i < g_state.argc; ++i) {
      const image::StringRef ref = strings_.Add(g_state.arguments[i]);
      if (i == 0) head.args = ref;
    }
    head.args_xxh3 = ArgumentsChecksum(g_state.argc, g_state.arguments);
    // By the link, which also leads to a file that has been replaced; all of
    // /proc by thread, as a main thread that has ended has nothing to show.
    const BuildId id = BuildIdOfFile("/proc/thread-self/exe");
    head.build_id_size = id.size;
    __builtin_memcpy(head.build_id, id.bytes, sizeof(head.build_id));
  }

  static bool IsParked(const track::Slot& slot, uint32_t stop) {
    return slot.used.load(std::memory_order_relaxed) != 0 &&
           slot.parked.load(std::memory_order_relaxed) == stop;
  }

  // The thread table, the main thread first; its locks in the same walk.
  bool Threads() {
    const uint32_t count =
        stopped_.threads + (stopped_.exited_leader != 0 ? 1 : 0);
    Arena arena = scratch_->Part(8);
    parts_->threads = {arena.Take<image::ThreadRecord>(count), count};
    if (parts_->threads.data == nullptr ||
        !track::MakeRoom(stopped_.stop, &arena, &locks_)) {
      reason_->Str("too many threads or locks");
      return false;
    }
    uint32_t next = 1;
    bool main_seen = false;
    if (stopped_.exited_leader != 0) {
      image::ThreadRecord& leader = parts_->threads[0];
      leader = {};
      leader.tid = stopped_.exited_leader;
      leader.vtid = g_state.vpid != 0 ? g_state.vpid : leader.tid;
      leader.state = image::ThreadState::kExitedLeader;
      main_seen = true;
    }
    track::Slot* slots = track::FirstSlot();
    for (uint32_t i = 0; i < track::SlotCount(); ++i) {
      if (!IsParked(slots[i], stopped_.stop)) continue;
      const bool is_main = slots[i].tid.load(std::memory_order_relaxed) ==
                           g_state.pid;
      const uint32_t at = is_main && !main_seen ? 0 : next++;
      if (is_main) main_seen = true;
      if (at >= count) break;
      Thread(&slots[i], &parts_->threads[at]);
      track::CollectLocks(&slots[i], at, &locks_);
    }
    if (!main_seen || next != count) {
      reason_->Str("the thread table does not match the threads");
      return false;
    }
    return true;
  }

  void Thread(const track::Slot* slot, image::ThreadRecord* t) {
    *t = {};
    t->tid = slot->tid.load(std::memory_order_relaxed);
    t->vtid = slot->vtid;
    t->frame = slot->frame;
    t->slot = reinterpret_cast<uint64_t>(slot);
    t->fs_base = slot->fs_base;
    t->gs_base = slot->gs_base;
    t->tid_address = slot->tid_address;
    t->robust_list = slot->robust_list;
    t->robust_list_size = slot->robust_list_size;
    if (__rseq_size != 0) {
      // What glibc 2.36 registered, whatever __rseq_size says: 32 bytes.
      t->rseq = slot->fs_base + static_cast<uint64_t>(__rseq_offset);
      t->rseq_size = __rseq_size > 32 ? __rseq_size : 32;
      t->rseq_signature = sys::kRseqSignature;
    }
    t->start_routine = reinterpret_cast<uint64_t>(slot->start_routine);
    // Nobody has seen it start, and it blocks the stop signal for good.
    const auto* frame = reinterpret_cast<const ucontext_t*>(slot->frame);
    t->librarys_own = slot->start_routine == nullptr &&
                      sys::Blocks(frame, g_state.stop_signal);
    t->state = slot->state;
    t->wait_object = slot->wait_object;
    if (slot->waiting_on != nullptr) {
      t->state = image::ThreadState::kCondWait;
      t->wait_object = reinterpret_cast<uint64_t>(slot->waiting_on);
    } else if (slot->wanted != nullptr && !track::IsShortCall(slot->wanted)) {
      t->state = image::ThreadState::kLockWait;
      t->wait_object = reinterpret_cast<uint64_t>(slot->wanted) & ~uint64_t{3};
    }
    __builtin_memcpy(t->name, slot->name, sizeof(t->name));
    t->settings = slot->settings;
    if (t->state == image::ThreadState::kRunning) SystemCall(t);
  }

  static void SystemCall(image::ThreadRecord* t) {
    const auto* frame = reinterpret_cast<const ucontext_t*>(t->frame);
    const long number = sys::CallNumber(frame);
    if (number < 0) return;
    const uint64_t futex = sys::FutexWaitedFor(frame);
    if (number == __NR_futex && futex != 0) {
      t->state = image::ThreadState::kFutexWait;
      t->wait_object = futex;
      return;
    }
    t->state = image::ThreadState::kSyscall;
    t->wait_object = static_cast<uint64_t>(number);
  }

  int LivingThread() const {
    const bool exited = stopped_.exited_leader != 0 && parts_->threads.size > 1;
    return parts_->threads[exited ? 1 : 0].tid;
  }

  bool Locks() {
    if (locks_.count > locks_.capacity) {
      reason_->Str("too many locks");
      return false;
    }
    parts_->locks = {locks_.records, locks_.count};
    return true;
  }

  // Signals that the program was sent and has not got: one that comes with the
  // stop signal waits behind it.
  bool Pending() {
    Arena arena = scratch_->Part(2);
    ThreadList list(&arena);
    if (!list.ok() || !list.Refresh()) {
      reason_->Str("cannot list the threads of the process");
      return false;
    }
    Arena records = scratch_->Part(2);
    PendingTable table(&records);
    if (!FindPending(list, table, parts_, reason_)) return false;
    // When it is known what else waits for the threads.
    sys::SignalSet others = 0;
    if (!RecordTimers(scratch_->Part(1), list, parts_->threads, &table,
                      &parts_->timers, &others, reason_)) {
      return false;
    }
    parts_->process.pending &= others;
    RecordPending(parts_, &table);
    return true;
  }

  bool Descriptors() {
    Arena arena = scratch_->Part(4);
    ArenaList<image::FdRecord> fds(&arena);
    const track::ProgramFiles files(LivingThread());
    g_state.inherited_count = track::PruneInherited(
        files, g_state.inherited, g_state.inherited_count);
    const bool ok = track::CollectDescriptors(
        files,
        {g_state.inherited, g_state.inherited_count}, &small_, &fds, &strings_,
        reason_);
    parts_->fds = {fds.data(), fds.size()};
    return ok && FileLocks(files) && Objects(files);
  }

  bool Objects(const track::ProgramFiles& files) {
    Arena records = scratch_->Part(1), data = scratch_->Part(2);
    track::ObjectTable table(&records, &data);
    const bool ok = track::CollectObjects(
        files, {parts_->fds.data, parts_->fds.size}, strings_, &small_, &table,
        reason_);
    parts_->objects = table.records();
    parts_->object_data = table.data();
    return ok;
  }

  bool FileLocks(const track::ProgramFiles& files) {
    Arena arena = scratch_->Part(2);
    ArenaList<image::FileLockRecord> locks(&arena);
    const bool ok = track::CollectFileLocks(
        files, {parts_->fds.data, parts_->fds.size}, &small_, &locks, reason_);
    parts_->file_locks = {locks.data(), locks.size()};
    return ok;
  }

  bool Process() {
    image::ProcessRecord& p = parts_->process;
    RecordProcess(&p.settings);
    if (!MemoryLayout(&p)) return false;
    if (!RecordCpu(&small_, &p, &parts_->xsave)) {
      reason_->Str("out of memory");
      return false;
    }
    // umask can only be read by setting it; nobody else runs.
    const long mask = sys::Raw(__NR_umask, 0);
    sys::Raw(__NR_umask, mask);
    p.umask = static_cast<uint32_t>(mask);
    p.pid = g_state.pid;
    p.vpid = g_state.vpid != 0 ? g_state.vpid : g_state.pid;
    p.stop_signal = static_cast<uint32_t>(g_state.stop_signal);
    for (int i = 0; i < 3; ++i) IntervalTimer(i, p.itimers[i]);
    p.resume_entry = reinterpret_cast<uint64_t>(&__ckpt_resume_entry);
    p.restored_info = reinterpret_cast<uint64_t>(&g_restored);
    char* path = small_.Take<char>(kPathCapacity);
    if (path == nullptr || !CurrentDirectory(path, &p)) {
      reason_->Str("the current directory cannot be told");
      return false;
    }
    p.cwd = strings_.Add(path);
    p.comm = strings_.Add(parts_->threads[0].name);
    return true;
  }

  // The coordinator's is the program's.
  static bool CurrentDirectory(char* path, image::ProcessRecord* p) {
    p->cwd_removed = 0;
    if (sys::Raw(__NR_getcwd, path, kPathCapacity) >= 0) return path[0] == '/';
    constexpr char kDeleted[] = " (deleted)";
    if (sys::ReadLink("/proc/thread-self/cwd", path, kPathCapacity) < 0 ||
        path[0] != '/' || !EndsWith(path, kDeleted)) {
      return false;
    }
    p->cwd_removed = 1;
    path[StrLen(path) - StrLen(kDeleted)] = '\0';
    return true;
  }

  // A periodic timer stands still from its expiry until its signal is taken,
  // which the parked threads do not do: it says 0 then, and 0 would stop it.
  // The restored one is due at once instead.
  static void IntervalTimer(int which, uint64_t timer[4]) {
    sys::Raw(__NR_getitimer, which, timer);
    const bool periodic = timer[0] != 0 || timer[1] != 0;
    if (periodic && timer[2] == 0 && timer[3] == 0) timer[3] = 1;
  }

  // The numbers that PR_SET_MM_MAP takes, from /proc/self/stat, and the
  // auxiliary vector.
  bool MemoryLayout(image::ProcessRecord* p) {
    char text[2048];
    char* auxv = small_.Take<char>(4096);
    const DumpableScope scope;
    const long size =
        auxv == nullptr ? -12
                        : sys::ReadWhole("/proc/thread-self/auxv", auxv, 4096);
    if (size <= 0 ||
        sys::ReadWhole("/proc/thread-self/stat", text, sizeof(text)) <= 0) {
      reason_->Str("cannot read /proc/self/stat or auxv");
      return false;
    }
    parts_->auxv = {auxv, static_cast<size_t>(size)};
    const char* s = text;
    for (const char* q = text; *q != '\0'; ++q) {
      if (*q == ')') s = q + 1;
    }
    uint64_t field[52] = {};
    for (int i = 3; i < 52 && *s != '\0'; ++i) {
      while (*s == ' ') ++s;
      field[i] = ParseNumber(&s, 10);
      while (*s != ' ' && *s != '\0') ++s;  // a letter or a sign
    }
    p->start_code = field[26];
    p->end_code = field[27];
    p->start_stack = field[28];
    p->start_data = field[45];
    p->end_data = field[46];
    p->start_brk = field[47];
    p->arg_start = field[48];
    p->arg_end = field[49];
    p->env_start = field[50];
    p->env_end = field[51];
    p->brk = static_cast<uint64_t>(sys::Raw(__NR_brk, 0));
    return true;
  }

  // By mmap(MAP_LOCKED), or by a call that no hook has seen.
  static bool HasLockedMemory() {
    char text[4096];
    if (sys::ReadWhole("/proc/thread-self/status", text, sizeof(text)) < 0) {
      return false;
    }
    const char* p = sys::StatusField(text, "VmLck:");
    return p != nullptr && ParseNumber(&p, 10) != 0;
  }

  bool OpenMemory(track::AddressSpace* space) {
    const DumpableScope scope;
    return space->Open(reason_);
  }

  bool Memory() {
    track::AddressSpace::Arenas arenas{scratch_->Part(8), scratch_->Part(8),
                                       scratch_->Part(2), scratch_->Part(14),
                                       scratch_->Part(1), scratch_->Part(1)};
    track::AddressSpace space(&arenas, &strings_);
    space.Exclude(scratch_->range());
    space.Exclude(CoordinatorStack());
    image::ProcessRecord& p = parts_->process;
    const uint32_t advised =
        g_state.advised.load(std::memory_order_relaxed);
    space.ExpectAdvice((advised & kAdvised) != 0 || HasLockedMemory());
    space.ExpectGuards((advised & kGuarded) != 0);
    space.KeepFiles(g_state.options.self_contained);
    if (!OpenMemory(&space) || !space.Collect(&p, reason_)) return false;
    parts_->vmas = space.vmas();
    parts_->modules = space.modules();
    parts_->blocks = space.blocks();
    parts_->guards = space.guards();
    parts_->excluded = space.excluded();
    parts_->memory_policies = space.policies();
    if (p.vdso_part_count > 0) {
      const image::Range& vdso = p.vdso_parts[p.vdso_index];
      parts_->vdso = {reinterpret_cast<const uint8_t*>(vdso.start),
                      vdso.end - vdso.start};
      p.vdso_xxh3 = image::Xxh3(parts_->vdso.data, parts_->vdso.size);
    }
    return true;
  }

  bool Files() {
    Arena arena = scratch_->Part(2), blocks = scratch_->Part(2);
    return CollectFiles(track::ProgramFiles(LivingThread()),
                        g_state.options.files, &arena, &blocks, &strings_,
                        parts_, reason_);
  }

  void Modules() {
    for (image::ModuleRecord& module : parts_->modules) {
      const char* path = strings_.Get(module.path);
      struct stat st;
      if (sys::StatPath(path, &st) >= 0) {
        module.size = static_cast<uint64_t>(st.st_size);
        module.mtime_ns = st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
      }
      const BuildId id = BuildIdOfFile(path);
      module.build_id_size = id.size;
      __builtin_memcpy(module.build_id, id.bytes, sizeof(module.build_id));
    }
  }

  void Signals() {
    for (int signal = 1; signal <= 64; ++signal) {
      sys::KernelAction action{};
      sys::SetAction(signal, nullptr, &action);
      parts_->signals[signal - 1] = {action.handler, action.flags,
                                     action.restorer, action.mask};
    }
  }

  const Stopped& stopped_;
  Scratch* scratch_;
  image::Parts* parts_;
  Line* reason_;
  track::Strings strings_;
  Arena small_;
  track::LockTable locks_ = {};
};

}  // namespace

long Scratch::Reserve() {
  // Under mlockall(MCL_FUTURE) a mapping is filled at once, and counts against
  // RLIMIT_MEMLOCK. So it begins small, and grows when it is not locked.
  const long seed = sys::Map(0, image::kPageSize, PROT_NONE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  if (sys::IsError(seed)) return seed;
  sys::Raw(__NR_munlock, seed, image::kPageSize);
  // Address space only; what is not touched costs nothing. A tight RLIMIT_AS
  // gets a smaller one.
  long at = 0;
  for (uint64_t size = uint64_t{1} << 30; size >= uint64_t{1} << 26;
       size /= 2) {
    at = sys::Raw(__NR_mremap, seed, image::kPageSize, size, MREMAP_MAYMOVE);
    if (sys::IsError(at)) continue;
    sys::DontFork(static_cast<uint64_t>(at), size);
    sys::Protect(static_cast<uint64_t>(at), size, PROT_READ | PROT_WRITE);
    base_ = next_ = static_cast<uint64_t>(at);
    size_ = size;
    return 0;
  }
  sys::Unmap(static_cast<uint64_t>(seed), image::kPageSize);
  return at;
}

void Scratch::Free() { sys::Unmap(base_, size_); }

Arena Scratch::Part(uint64_t share) {
  constexpr uint64_t kShares = 83;  // no fewer than there are askers
  const uint64_t size = size_ / kShares * share;
  Arena arena(reinterpret_cast<void*>(next_), size);
  next_ += size;
  return arena;
}

bool TakeSnapshot(const Stopped& stopped, Scratch* scratch,
                  image::Parts* parts, Line* reason) {
  return Snapshot(stopped, scratch, parts, reason).Take();
}

}  // namespace ckpt::core
