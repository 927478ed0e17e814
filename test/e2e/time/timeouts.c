// Intent: a wait with a relative timeout that is interrupted by one checkpoint
// after the other, and by restarts, ends when it would have ended: the timeout
// does not start afresh each time.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids ns %t
// RUN: %generations --interval 0.02 --ids new %t
#include "behave.h"

enum { kWaitMs = 1500 };

static int ended;

static int64_t NowMs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void Poll(void) {
  CHECK(poll(NULL, 0, kWaitMs) == 0);
}

static void Ppoll(void) {
  const struct timespec span = {1, 500000000};
  CHECK(ppoll(NULL, 0, &span, NULL) == 0);
}

static void Select(void) {
  struct timeval span = {1, 500000};
  CHECK(select(0, NULL, NULL, NULL, &span) == 0);
}

static void Sigtimedwait(void) {
  const struct timespec span = {1, 500000000};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(sigtimedwait(&set, NULL, &span) == -1 && errno == EAGAIN);
  CHECK(span.tv_sec == 1 && span.tv_nsec == 500000000);
}

static void* Wait(void* body) {
  const int64_t begin = NowMs();
  ((void (*)(void))body)();
  const int64_t span = NowMs() - begin;
  CHECK(span >= kWaitMs - 1);
  Count(&ended);
  return NULL;
}

int main(void) {
  void (*const bodies[])(void) = {Poll, Ppoll, Select, Sigtimedwait};
  enum { kThreads = sizeof(bodies) / sizeof(bodies[0]) };
  pthread_t threads[kThreads];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(Wait, (void*)bodies[i]);
  }
  Ready();
  // Were one to start afresh every 20 ms, it would not end while these come.
  Await(&ended, kThreads);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  AwaitGo();
  return Done();
}
