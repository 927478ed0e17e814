// Intent: signals that wait, for the process and for threads, are carried with
// value, code and sender, in their order and number, each once; a handler and
// sigtimedwait get them at the end.
// RUN: %build_c
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 5 --ids ns %t
// RUN: %generations --generations 5 --ids new %t
// RUN: %generations --generations 5 --interval 0.02 --ids new %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations --generations 5 --ids new %t.static
// RUN: %if nobody %{ %generations --generations 5 --user nobody --ids new %t %}
// RUN: %if nobody %{ %generations --generations 5 --user nobody --ids ns %t %}
#include <sys/syscall.h>

#include "behave.h"

enum { kThreads = 3, kQueued = 20, kFirst = 36, kNumbers = 3 };

static sigset_t all;
static int queued, finished;
static int handled, next_value[64], wrong;

static union sigval Value(int who, int number, int i) {
  union sigval value = {.sival_ptr = (void*)((1L << 40) + who * 1000000L +
                                             number * 1000L + i)};
  return value;
}

// `base` and the real-time number: what is next of it.
static void CheckQueued(int who, const siginfo_t* info, int i) {
  CHECK(info->si_code == SI_QUEUE);
  CHECK(info->si_uid == getuid());
  CHECK(info->si_pid > 0);
  CHECK(info->si_value.sival_ptr == Value(who, info->si_signo, i).sival_ptr);
}

static void OnSignal(int signal, siginfo_t* info, void* context) {
  (void)context;
  const int i = next_value[signal]++;
  if (info->si_code != SI_QUEUE ||
      info->si_value.sival_ptr != Value(0, signal, i).sival_ptr) {
    Count(&wrong);
  }
  Count(&handled);
}

// A number at a time: of each what the thread itself was sent comes first.
static void* Body(void* argument) {
  const int who = (int)(intptr_t)argument;
  for (int i = 0; i < kQueued; ++i) {
    for (int n = kFirst; n < kFirst + kNumbers; ++n) {
      CHECK(pthread_sigqueue(pthread_self(), n, Value(who, n, i)) == 0);
    }
  }
  // Ordinary ones wait once: the first.
  CHECK(pthread_sigqueue(pthread_self(), SIGUSR1, Value(who, SIGUSR1, 0)) == 0);
  CHECK(pthread_sigqueue(pthread_self(), SIGUSR1, Value(who, SIGUSR1, 1)) == 0);
  CHECK(pthread_kill(pthread_self(), SIGUSR2) == 0);
  CHECK(pthread_kill(pthread_self(), SIGSEGV) == 0);
  Count(&queued);
  Await(&finished, 1);
  const struct timespec at_once = {0, 0};
  siginfo_t info;
  for (int n = kFirst; n < kFirst + kNumbers; ++n) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, n);
    for (int i = 0; i < kQueued; ++i) {
      CHECK(sigtimedwait(&one, &info, &at_once) == n);
      CheckQueued(who, &info, i);
    }
  }
  sigset_t three;
  sigemptyset(&three);
  sigaddset(&three, SIGUSR1);
  sigaddset(&three, SIGUSR2);
  sigaddset(&three, SIGSEGV);
  CHECK(sigtimedwait(&three, &info, &at_once) == SIGSEGV);
  // The C library says SI_USER for SI_TKILL.
  CHECK(info.si_code == SI_USER && info.si_uid == getuid());
  CHECK(sigtimedwait(&three, &info, &at_once) == SIGUSR1);
  CheckQueued(who, &info, 0);
  CHECK(syscall(SYS_rt_sigtimedwait, &three, &info, &at_once, 8) == SIGUSR2);
  CHECK(info.si_code == SI_TKILL && info.si_pid > 0);
  return NULL;
}

int main(void) {
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(Body, (void*)(intptr_t)(i + 1));
  }
  for (int i = 0; i < kQueued; ++i) {
    for (int n = kFirst; n < kFirst + kNumbers; ++n) {
      CHECK(sigqueue(getpid(), n, Value(0, n, i)) == 0);
    }
  }
  CHECK(sigqueue(getpid(), SIGUSR1, Value(0, SIGUSR1, 0)) == 0);
  CHECK(kill(getpid(), SIGUSR1) == 0);
  CHECK(kill(getpid(), SIGHUP) == 0);
  CHECK(kill(getpid(), SIGTSTP) == 0);
  Await(&queued, kThreads);
  LiveThroughRestarts();

  // The threads first: what is left then is the process's.
  Set(&finished, 1);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  const struct timespec at_once = {0, 0};
  siginfo_t info;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGTSTP);
  CHECK(sigtimedwait(&set, &info, &at_once) == SIGHUP);
  CHECK(info.si_code == SI_USER && info.si_pid > 0 && info.si_uid == getuid());
  CHECK(sigtimedwait(&set, &info, &at_once) == SIGTSTP);
  CHECK(sigtimedwait(&set, &info, &at_once) == -1 && errno == EAGAIN);

  // The first number by sigtimedwait, the others by handlers.
  sigemptyset(&set);
  sigaddset(&set, kFirst);
  for (int i = 0; i < kQueued; ++i) {
    CHECK(sigtimedwait(&set, &info, &at_once) == kFirst);
    CheckQueued(0, &info, i);
  }
  struct sigaction action = {.sa_sigaction = OnSignal, .sa_flags = SA_SIGINFO};
  sigfillset(&action.sa_mask);
  for (int n = kFirst + 1; n < kFirst + kNumbers; ++n) {
    CHECK(sigaction(n, &action, NULL) == 0);
  }
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &all, NULL) == 0);
  CHECK(Get(&handled) == (kNumbers - 1) * kQueued + 1);
  CHECK(Get(&wrong) == 0);
  return Done();
}
