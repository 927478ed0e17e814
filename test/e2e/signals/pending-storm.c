// Intent: signals that are sent and taken all the time, with a checkpoint each
// 20 ms, come in order, each once, in the run that goes on and after restarts;
// those of a thread and those of the process are not mixed up.
// RUN: %build_c
// RUN: %generations --interval 0.02 --generations 4 %t
// RUN: %generations --interval 0.02 --generations 4 --ids new %t
#include "behave.h"

enum { kThreads = 3, kQueued = 7, kFirst = 36, kHandled = 50 };

static int stop, taken[kThreads];
static __thread volatile int next_own, wrong;
static sigset_t blocked;

static union sigval Value(int own, int i) {
  union sigval value = {.sival_ptr = (void*)((1L + own) << 40 | i)};
  return value;
}

static void OnSignal(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  if (info->si_code != SI_QUEUE ||
      info->si_value.sival_ptr != Value(1, next_own).sival_ptr) {
    wrong = 1;
  }
  ++next_own;
}

static void Take(int number, int own, int i) {
  static const struct timespec kLong = {30, 0};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  siginfo_t info;
  CHECK(sigtimedwait(&set, &info, &kLong) == number);
  CHECK(info.si_code == SI_QUEUE);
  CHECK(info.si_value.sival_ptr == Value(own, i).sival_ptr);
}

static void* Body(void* argument) {
  const int which = (int)(intptr_t)argument, number = kFirst + which;
  sigset_t handled;
  sigemptyset(&handled);
  sigaddset(&handled, kHandled);
  int round = 0;
  for (; !Get(&stop); ++round) {
    for (int i = 0; i < kQueued; ++i) {
      CHECK(sigqueue(getpid(), number, Value(0, round * kQueued + i)) == 0);
      CHECK(pthread_sigqueue(pthread_self(), number,
                             Value(1, round * kQueued + i)) == 0);
    }
    for (int own = 1; own >= 0; --own) {
      for (int i = 0; i < kQueued; ++i) Take(number, own, round * kQueued + i);
    }
    // The same by a handler.
    next_own = 0;
    for (int i = 0; i < kQueued; ++i) {
      CHECK(pthread_sigqueue(pthread_self(), kHandled, Value(1, i)) == 0);
    }
    CHECK(pthread_sigmask(SIG_UNBLOCK, &handled, NULL) == 0);
    CHECK(next_own == kQueued && !wrong);
    CHECK(pthread_sigmask(SIG_BLOCK, &handled, NULL) == 0);
    Count(&taken[which]);
  }
  sigset_t waiting;
  CHECK(sigpending(&waiting) == 0 && !sigismember(&waiting, number) &&
        !sigismember(&waiting, kHandled));
  return NULL;
}

int main(void) {
  const struct sigaction action = {.sa_sigaction = OnSignal,
                                   .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(kHandled, &action, NULL) == 0);
  sigemptyset(&blocked);
  sigaddset(&blocked, kHandled);
  for (int i = 0; i < kThreads; ++i) sigaddset(&blocked, kFirst + i);
  CHECK(pthread_sigmask(SIG_BLOCK, &blocked, NULL) == 0);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(Body, (void*)(intptr_t)i);
  }
  for (int i = 0; i < kThreads; ++i) Await(&taken[i], 3);
  LiveThroughRestarts();
  Set(&stop, 1);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
