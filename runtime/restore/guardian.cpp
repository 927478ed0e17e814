// guardian.cpp - see guardian.h.

#include "restore/guardian.h"

#include <signal.h>
#include <sys/wait.h>

#include "restore/core_flag.h"
#include "restore/namespaces.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::restore {
namespace {

constexpr uint64_t kLookNs = 20000000;

// A process by clone3: in the child 0, else its pid or -errno.
long Clone(uint64_t flags, int pid) {
  clone_args args{};
  int32_t wanted = pid;
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  if (pid != 0) {
    args.set_tid = reinterpret_cast<uint64_t>(&wanted);
    args.set_tid_size = 1;
  }
  return sys::Raw(__NR_clone3, &args, sizeof(args));
}

void DieWithParent(int parent) {
  sys::Prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died before the line above. In a pid namespace of its own the
  // first process sees no parent.
  const int now = static_cast<int>(sys::Raw(__NR_getppid));
  if (now != parent && now != 0) sys::ExitGroup(125);
}

// Signals that a terminal sends to the whole process group, child included.
bool FromTerminal(const siginfo_t& info) {
  if (info.si_code != SI_KERNEL) return false;
  switch (info.si_signo) {
    case SIGINT:
    case SIGQUIT:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGHUP:
    case SIGWINCH:
      return true;
    default:
      return false;
  }
}

void HandOn(int child, siginfo_t* info) {
  const int signal = info->si_signo;
  if (FromTerminal(*info)) return;
  if (info->si_code == SI_QUEUE) {
    sys::Raw(__NR_rt_sigqueueinfo, child, signal, info);
  } else {
    sys::Raw(__NR_kill, child, signal);
  }
}

// Ends this process the way `status` says the child ended.
[[noreturn]] void EndAs(int status) {
  if (WIFSIGNALED(status)) {
    if (!WCOREDUMP(status) || !PrepareHiddenCore()) ForbidCore();
    const int signal = WTERMSIG(status);
    const sys::KernelAction standard{};
    sys::SetAction(signal, &standard);
    const sys::SignalSet set = sys::SignalBit(signal);
    sys::Raw(__NR_kill, sys::GetPid(), signal);
    sys::SetMask(SIG_UNBLOCK, &set);
    sys::ExitGroup(128 + signal);
  }
  sys::ExitGroup(WEXITSTATUS(status));
}

// By which the first process of a namespace tells the outer guardian that the
// program has ended, when it lives on itself.
struct Bell {
  int ears = -1;  // SIGCHLD comes when it rings
  int rope = -1;

  void Hang() {
    int ends[2];
    if (sys::Raw(__NR_pipe2, ends, O_CLOEXEC | O_NONBLOCK) < 0) return;
    ears = ends[0];
    rope = ends[1];
    sys::Fcntl(ears, F_SETOWN, sys::GetPid());
    sys::Fcntl(ears, F_SETSIG, SIGCHLD);
    sys::Fcntl(ears, F_SETFL, O_NONBLOCK | O_ASYNC);
  }
};

void CloseAllBut(int fd) {
  if (fd > 0) sys::Raw(__NR_close_range, 0, fd - 1, 0);
  sys::Raw(__NR_close_range, fd + 1, ~0u, 0);
}

// Looks after `child` until it has ended; its wait status. All signals are
// blocked and taken from the queue. `kept`: a descriptor of our own, or -1.
// `first`: this is the first process of a namespace, and all that die in it
// are its to bury.
int Watch(int child, const Progress* progress, int kept, bool first) {
  bool closed = false;
  for (;;) {
    int status;
    const long r = sys::Raw(__NR_wait4, first ? -1 : child, &status,
                            WUNTRACED | WCONTINUED | WNOHANG, 0);
    if (r == -10) return 0;  // ECHILD: somebody else has waited for it
    if (r > 0 && r != child) continue;
    if (!first &&
        __atomic_load_n(&progress->outlives, __ATOMIC_ACQUIRE) != 0) {
      return progress->status;
    }
    if (r == child) {
      if (WIFEXITED(status) || WIFSIGNALED(status)) return status;
      if (WIFSTOPPED(status)) {
        sys::Raw(__NR_kill, sys::GetPid(), SIGSTOP);
        // Continued, as a rule by a SIGCONT that is now in the queue.
      }
      continue;
    }
    const bool committed =
        __atomic_load_n(&progress->committed, __ATOMIC_ACQUIRE) != 0;
    if (committed && !closed) {
      // A pipe that the program closes is closed then; until here another way
      // of restarting might have needed the descriptors.
      CloseAllBut(kept);
      // Nor must the image's room on the disk be held for as long.
      sys::Raw(__NR_munmap, progress->image_start, progress->image_size);
      closed = true;
    }
    const timespec look = sys::ToTimespec(kLookNs);
    siginfo_t info;
    const sys::SignalSet all = sys::kAllSignals;
    const long signal =
        sys::WaitInfo(&all, &info, closed ? nullptr : &look);
    if (signal > 0 && signal != SIGCHLD) HandOn(child, &info);
  }
}

// The first process of a namespace, when the program in it has ended: with this
// process all others would die, among them children that the program has left
// behind, and what a daemon has become. The outer guardian goes at once.
void OutliveProgram(Progress* progress, int rope) {
  const auto bury = [](int options) {
    return sys::Raw(__NR_wait4, -1, 0, options | __WALL, 0);
  };
  long r;
  while ((r = bury(WNOHANG)) > 0) {
  }
  if (r < 0 || rope < 0) return;  // ECHILD
  sys::Prctl(PR_SET_PDEATHSIG, 0);
  __atomic_store_n(&progress->outlives, 1, __ATOMIC_RELEASE);
  sys::Write(rope, "", 1);
  sys::Close(rope);
  while (bury(0) != -10) {  // ECHILD
  }
}

// The first process of the namespace: it must have id 1, so the restored one is
// its child. Returns in that one only.
void NamespaceInit(int pid, uint64_t uid, uint64_t gid, int rope,
                   Progress* progress) {
  if (!MapIds(uid, gid)) {
    progress->retry = 1;
    sys::ExitGroup(125);
  }
  const long child = Clone(0, pid);
  if (child == 0) {
    DieWithParent(1);
    return;
  }
  if (child < 0) {
    progress->retry = 1;
    sys::ExitGroup(125);
  }
  // The first process of a namespace cannot die of a signal from inside it, so
  // the outer guardian gets the status as a number.
  progress->status = Watch(static_cast<int>(child), progress, rope, true);
  __atomic_store_n(&progress->has_status, 1, __ATOMIC_RELEASE);
  OutliveProgram(progress, rope);
  sys::ExitGroup(0);
}

Role AfterChild(long child, Progress* progress, int kept, long* error) {
  const int status = Watch(static_cast<int>(child), progress, kept, false);
  if (progress->committed == 0 && progress->retry != 0) {
    progress->retry = 0;
    progress->has_status = 0;
    *error = -17;  // EEXIST
    return Role::kUnavailable;
  }
  EndAs(progress->has_status != 0 ? progress->status : status);
}

}  // namespace

Role GuardSame(int pid, Progress* progress, long* error) {
  const int parent = sys::GetPid();
  const long child = Clone(0, pid);
  if (child == 0) {
    DieWithParent(parent);
    return Role::kRestored;
  }
  *error = child;
  if (child < 0) return Role::kUnavailable;
  return AfterChild(child, progress, -1, error);
}

Role GuardNamespace(int pid, Progress* progress, long* error) {
  const uint64_t uid = static_cast<uint64_t>(sys::Raw(__NR_geteuid));
  const uint64_t gid = static_cast<uint64_t>(sys::Raw(__NR_getegid));
  const int parent = sys::GetPid();
  Bell bell;
  bell.Hang();
  const long child = Clone(CLONE_NEWUSER | CLONE_NEWPID, 0);
  if (child == 0) {
    DieWithParent(parent);
    NamespaceInit(pid, uid, gid, bell.rope, progress);
    return Role::kRestored;
  }
  *error = child;
  sys::Close(bell.rope);
  const Role role = child < 0
                        ? Role::kUnavailable
                        : AfterChild(child, progress, bell.ears, error);
  sys::Close(bell.ears);
  return role;
}

}  // namespace ckpt::restore
