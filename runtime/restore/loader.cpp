// loader.cpp - see loader.h.

#include "restore/loader.h"

#include <sys/rseq.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "core/build_id.h"
#include "core/claim.h"
#include "core/message.h"
#include "core/process_settings.h"
#include "core/publish.h"
#include "core/relock.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "core/thread_settings.h"
#include "restore/candidate.h"
#include "restore/fds.h"
#include "restore/guardian.h"
#include "restore/namespaces.h"
#include "restore/path_map.h"
#include "restore/plan_builder.h"
#include "restore/rollback.h"
#include "restore/working_directory.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::restore {
namespace {

using core::g_state;
using core::Ids;

constexpr long kIdInUse = -17;  // EEXIST
constexpr uint64_t kDyingPatienceUs = 2000000;
constexpr uint64_t kAlivePatienceUs = 1000000;
constexpr uint64_t kBusyPatienceUs = 10000000;

// A restart that is under way.
class Restarter {
 public:
  explicit Restarter(uint64_t started_us) : started_us_(started_us) {}

  // `-r FILE`.
  [[noreturn]] void FromFile(const char* path) {
    Line why;
    if (!candidate_.Open(path, &why) || !candidate_.FitsHere(&why)) {
      core::Fatal(
          Line().Str("restart refused: ").Str(path).Str(": ").Str(why.text()));
    }
    Go();
  }

  // `-r auto`: the newest image of this program, arguments and directory that
  // is whole and that no live run owns. Returns if there is none.
  void FromNewest() {
    uint64_t below = ~uint64_t{0};
    for (uint64_t number; (number = NewestBelow(below)) != 0; below = number) {
      PathLine path;
      path.Str(g_state.options.directory).Char('/').Str(g_state.name);
      path.Str(".chkpt.").Dec(number);
      Line why;
      if (!candidate_.Open(path.text(), &why)) {
        core::Say(Line().Str("passing over ").Str(path.text()).Str(": ").Str(
            why.text()));
        continue;
      }
      if (IsOurs(&why) && candidate_.FitsHere(&why)) Go();
      core::SayVerbose(Line().Str("passing over ").Str(path.text()).Str(": ")
                           .Str(why.text()));
      candidate_.Close();
    }
    core::SayVerbose(
        Line().Str("no checkpoint to go on from; starting afresh"));
  }

 private:
  static uint64_t NewestBelow(uint64_t below) {
    struct Search {
      uint64_t below, newest;
    } search{below, 0};
    core::ForEachImage(
        g_state.options.directory, g_state.name,
        [](void* context, uint64_t number) {
          auto* s = static_cast<Search*>(context);
          if (number < s->below && number > s->newest) s->newest = number;
        },
        &search);
    return search.newest;
  }

  bool IsOurs(Line* why) const {
    const image::HeadRecord& head = candidate_.reader().head();
    if (head.args_xxh3 !=
        core::ArgumentsChecksum(g_state.argc, g_state.argv)) {
      why->Str("taken with other arguments");
      return false;
    }
    if (head.forks != 0) {
      why->Str("taken of a forked child");
      return false;
    }
    if (StaysAlive(head.run_id)) {
      why->Str("its run is still alive");
      return false;
    }
    return true;
  }

  // A run that was killed a moment ago goes in steps: the process that the user
  // killed, the first one of its pid namespace, what that one guards.
  bool StaysAlive(const uint8_t run_id[16]) const {
    while (core::RunIsAlive(run_id)) {
      if (!PauseBefore(kAlivePatienceUs)) return true;
    }
    return false;
  }

  // A lock in a state that cannot be given to new thread ids, or nullptr.
  const image::LockRecord* Immovable() const {
    for (const image::LockRecord& lock : candidate_.reader().locks()) {
      if (!core::Moves(lock)) return &lock;
    }
    return nullptr;
  }

  // A thread that the C library has started for itself, for asynchronous I/O or
  // timers: it has noted the id. Or nullptr.
  const image::ThreadRecord* Helper() const {
    const Span<const image::ThreadRecord> threads =
        candidate_.reader().threads();
    for (size_t i = 1; i < threads.size; ++i) {
      if (threads[i].librarys_own != 0) return &threads[i];
    }
    return nullptr;
  }

  bool IsMovable() const {
    return Immovable() == nullptr && Helper() == nullptr;
  }

  // What cannot follow its thread to another id keeps the ids that the
  // threads had when the image was taken, even where the program has seen
  // others (from before a restart under new ones).
  int WantedPid() const {
    const image::ProcessRecord& p = candidate_.reader().process();
    return IsMovable() ? p.vpid : p.pid;
  }

  [[noreturn]] void Go() {
    files_.Check();
    const Span<PlanFile> files = files_.plan();
    plan_.Build(candidate_, {files.data, files.size}, g_state.options,
                started_us_, !IsMovable());
    const sys::SignalSet all = sys::kAllSignals;
    sys::SetMask(SIG_SETMASK, &all);
    PrepareGuardian();
    switch (g_state.options.ids) {
      case Ids::kSame:
        // The user insists on them: a process that holds one may end soon.
        do {
          TrySame();
        } while (same_error_ == kIdInUse && PauseBefore(kBusyPatienceUs));
        Refuse("--ids same: ", same_error_);
      case Ids::kNamespace:
        TryNamespace();
        Refuse("--ids ns: no user namespace with these ids: ",
               namespace_error_);
      case Ids::kNew:
        if (const image::LockRecord* lock = Immovable()) RefuseLock(*lock);
        if (const image::ThreadRecord* thread = Helper()) RefuseHelper(*thread);
        Become(Ids::kNew);
      case Ids::kAuto:
        break;
    }
    TrySame();
    if (IsMovable()) Become(Ids::kNew);
    TryNamespace();
    Refuse("the image needs its old thread ids, and there is no way to them: ",
           namespace_error_);
  }

  // Sleeps a little. False when the restart has been going on for
  // `patience_us`.
  bool PauseBefore(uint64_t patience_us) const {
    if (sys::NowUs() - started_us_ >= patience_us) return false;
    const timespec pause = sys::ToTimespec(2000000);
    sys::Raw(__NR_nanosleep, &pause, 0);
    return true;
  }

  // Ids of a process that was killed a moment ago are free when it has been
  // reaped.
  void AwaitIds() const {
    for (const image::ThreadRecord& thread : candidate_.reader().threads()) {
      while (sys::IsDying(thread.vtid) && PauseBefore(kDyingPatienceUs)) {
      }
    }
  }

  void TrySame() {
    AwaitIds();
    if (GuardSame(WantedPid(), plan_.progress(), &same_error_) ==
        Role::kRestored) {
      BecomeGuarded(Ids::kSame);
    }
  }

  void TryNamespace() {
    if (GuardNamespace(WantedPid(), plan_.progress(), &namespace_error_) ==
        Role::kRestored) {
      BecomeGuarded(Ids::kNamespace);
    }
  }

  [[noreturn]] void Refuse(const char* what, long error) {
    Line line;
    line.Str("restart refused: ").Str(what);
    if (error == kIdInUse) {
      line.Str("an id of the image is in use");
    } else {
      core::AddError(&line, error);
    }
    core::Fatal(line);
  }

  [[noreturn]] void RefuseLock(const image::LockRecord& lock) {
    core::Fatal(
        Line().Str("restart refused: --ids new: thread ")
            .Dec(static_cast<uint64_t>(
                candidate_.reader().threads()[lock.thread].vtid))
            .Str(" was locking or unlocking the ")
            .Str(image::IsRwlock(lock.kind)
                     ? "read-write lock at 0x"
                     : "recursive, error-checking, robust or "
                       "priority-inheriting mutex at 0x")
            .Hex(lock.mutex).Str(" (use --ids ns, or another image)"));
  }

  [[noreturn]] void RefuseHelper(const image::ThreadRecord& thread) {
    core::Fatal(
        Line().Str("restart refused: --ids new: thread ")
            .Dec(static_cast<uint64_t>(thread.vtid))
            .Str(" was started by the C library for itself (timers, "
                 "asynchronous I/O), which knows it by that id "
                 "(use --ids ns)"));
  }

  // What others look for is shown by the guardian as well: it is the process
  // that the user knows.
  void PrepareGuardian() {
    const image::Reader& r = candidate_.reader();
    __builtin_memcpy(g_state.run_id, r.head().run_id, sizeof(g_state.run_id));
    g_state.stop_signal = static_cast<int>(r.process().stop_signal);
    if (!g_state.options.Given(core::kDirectory)) {
      StrCopy(g_state.options.directory, core::kPathCapacity,
              r.String(r.head().directory));
    }
    core::PublishClaim();
    // Every signal is blocked and taken from the queue; the handler only shows
    // `ckpt now` that somebody listens.
    core::InstallHandlers();
    // A launcher that ignores SIGCHLD would have the child reaped unseen.
    const sys::KernelAction standard{};
    sys::SetAction(SIGCHLD, &standard);
  }

  void BecomeGuarded(Ids ids) {
    plan_.plan()->progress = plan_.progress();
    plan_.plan()->tid_mode = TidMode::kSame;
    Become(ids);
  }

  [[noreturn]] void Become(Ids ids) {
    plan_.plan()->ids = static_cast<uint32_t>(ids);
    if (ids == Ids::kNew) plan_.plan()->tid_mode = TidMode::kNew;
    const image::Reader& r = candidate_.reader();
    CatchUpClocks();
    PathLine room;
    const char* cwd = MapPath(r.String(r.process().cwd), &room);
    long error = EnterDirectory(cwd, r.process().cwd_removed != 0);
    if (error >= 0) error = fault::At(fault::Point::restore_jump);
    if (error < 0) {
      Line line;
      line.Str("restart refused: ").Str(cwd).Str(": ");
      core::AddError(&line, error);
      core::Fatal(line);
    }
    core::ReadLaunchersThread(&plan_.plan()->launcher_thread);
    core::ReadLaunchersProcess(&plan_.plan()->launcher_process);
    files_.MakeMissing();
    plan_.plan()->image_fd = RestoreDescriptors(r, &files_, candidate_.fd());
    LeaveKernelState();
    plan_.Jump();
  }

  void CatchUpClocks() {
    const image::ProcessRecord& p = candidate_.reader().process();
    int64_t shift_ns;
    Line line;
    line.Str("restart refused: ");
    if (!CatchUp({p.monotonic_ns, p.boottime_ns}, &shift_ns, &line)) {
      core::Fatal(line);
    }
    plan_.plan()->started_us += static_cast<uint64_t>(shift_ns / 1000);
  }

  // The kernel must not write where the old memory was.
  static void LeaveKernelState() {
    if (__rseq_size != 0) {
      uint64_t fs = 0;
      sys::ArchPrctl(sys::kArchGetFs, reinterpret_cast<uint64_t>(&fs));
      const uint64_t area = fs + static_cast<uint64_t>(__rseq_offset);
      // The length must be the registered one: 32 in glibc 2.36, whatever
      // __rseq_size says, and __rseq_size in later ones.
      if (sys::Raw(__NR_rseq, area, 32, sys::kRseqUnregister,
                   sys::kRseqSignature) < 0) {
        sys::Raw(__NR_rseq, area, __rseq_size, sys::kRseqUnregister,
                 sys::kRseqSignature);
      }
    }
    sys::Raw(__NR_set_robust_list, 0, 24);
    sys::Raw(__NR_set_tid_address, 0);
  }

  uint64_t started_us_;
  Candidate candidate_;
  Files files_{candidate_};
  PlanBuilder plan_;
  long same_error_ = 0, namespace_error_ = 0;
};

}  // namespace

void Restart() {
  Restarter restarter(sys::NowUs());
  if (StrEq(g_state.options.restart, "auto")) {
    restarter.FromNewest();
  } else {
    restarter.FromFile(g_state.options.restart);
  }
}

}  // namespace ckpt::restore
