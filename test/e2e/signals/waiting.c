// Intent: threads that wait for a signal by sigwait, sigwaitinfo, sigtimedwait,
// a signalfd, sigsuspend and pause at a checkpoint wait on after restarts, and
// each gets the one that is meant for it, with its value.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --interval 0.02 --ids new %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations %t.static
#include <sys/signalfd.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kWaits = 6, kFirst = 40, kHandled = 55, kRounds = 3 };

static int tids[kWaits];
static int got[kWaits];
static __thread int value;

static void OnSignal(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  value = info->si_value.sival_int;
}

static int Wait(int how, const sigset_t* set, int fd) {
  static const struct timespec kLong = {1000, 0};
  siginfo_t info;
  struct signalfd_siginfo read_info;
  int signal;
  sigset_t but_one;
  switch (how) {
    case 0:
      CHECK(sigwait(set, &signal) == 0 && signal == kFirst);
      return -1;  // it does not tell
    case 1:
      CHECK(sigwaitinfo(set, &info) == kFirst + 1);
      CHECK(info.si_code == SI_QUEUE);
      return info.si_value.sival_int;
    case 2:
      CHECK(sigtimedwait(set, &info, &kLong) == kFirst + 2);
      return info.si_value.sival_int;
    case 3:
      CHECK(read(fd, &read_info, sizeof(read_info)) == sizeof(read_info));
      CHECK(read_info.ssi_signo == kFirst + 3);
      return read_info.ssi_int;
    case 4:
      sigfillset(&but_one);
      sigdelset(&but_one, kHandled);
      CHECK(sigsuspend(&but_one) == -1 && errno == EINTR);
      return value;
    default:
      CHECK(pause() == -1 && errno == EINTR);
      return value;
  }
}

// A signal between two calls of pause ends none.
static int Rounds(int how) { return how == 5 ? 1 : kRounds; }

static void* Body(void* argument) {
  const int how = (int)(intptr_t)argument;
  sigset_t set, handled;
  sigemptyset(&set);
  sigaddset(&set, kFirst + how);
  sigemptyset(&handled);
  sigaddset(&handled, kHandled);
  CHECK(pthread_sigmask(how == 5 ? SIG_UNBLOCK : SIG_BLOCK, &handled, NULL) ==
        0);
  const int fd = how == 3 ? signalfd(-1, &set, SFD_CLOEXEC) : -1;
  Set(&tids[how], (int)syscall(SYS_gettid));
  for (int i = 0; i < Rounds(how); ++i) {
    const int told = Wait(how, &set, fd);
    CHECK(told == (how == 0 ? -1 : 100 * how + i));
    Count(&got[how]);
  }
  return argument;
}

int main(void) {
  sigset_t all;
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
  struct sigaction action = {.sa_sigaction = OnSignal,
                             .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(kHandled, &action, NULL) == 0);
  static const long kCalls[kWaits] = {SYS_rt_sigtimedwait, SYS_rt_sigtimedwait,
                                      SYS_rt_sigtimedwait, SYS_read,
                                      SYS_rt_sigsuspend,   SYS_pause};
  pthread_t threads[kWaits];
  for (intptr_t how = 0; how < kWaits; ++how) {
    threads[how] = Start(Body, (void*)how);
    AwaitSyscall(&tids[how], kCalls[how]);
  }
  LiveThroughRestarts();
  for (int i = 0; i < kRounds; ++i) {
    for (int how = 0; how < kWaits; ++how) {
      if (i >= Rounds(how)) continue;
      CHECK(Get(&got[how]) == i);
      const union sigval sent = {.sival_int = 100 * how + i};
      if (how < 4 && i % 2 == 1) {
        CHECK(sigqueue(getpid(), kFirst + how, sent) == 0);
      } else {
        CHECK(pthread_sigqueue(threads[how], how < 4 ? kFirst + how : kHandled,
                               sent) == 0);
      }
      Await(&got[how], i + 1);
    }
  }
  for (int how = 0; how < kWaits; ++how) Join(threads[how]);
  return Done();
}
