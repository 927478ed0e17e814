// Intent: splice and tee that wait for a pipe wait on, whatever checkpoints and
// restarts fall into them, and move what comes, once; no EINTR is seen.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids new %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations --interval 0.02 --ids new %t.static
#include <sys/syscall.h>

#include "behave.h"

enum { kRounds = 20 };

struct Mover {
  int from[2], to[2], tid, moved;
  ssize_t (*move)(int from, int to);
};

static ssize_t Splice(int from, int to) {
  return splice(from, NULL, to, NULL, 4096, 0);
}
static ssize_t Tee(int from, int to) {
  const ssize_t n = tee(from, to, 4096, 0);
  char text[16];
  // It leaves what it has copied.
  CHECK(n <= 0 || read(from, text, (size_t)n) == n);
  return n;
}
static ssize_t ByNumber(int from, int to) {
  return syscall(SYS_splice, from, NULL, to, NULL, 4096L, 0);
}

static struct Mover movers[] = {
    {.move = Splice}, {.move = Tee}, {.move = ByNumber}};
enum { kMovers = sizeof(movers) / sizeof(movers[0]) };

static void* Body(void* argument) {
  struct Mover* m = argument;
  Set(&m->tid, gettid());
  for (int i = 0; i < kRounds; ++i) {
    CHECK(m->move(m->from[0], m->to[1]) == 5);
    Set(&m->moved, i + 1);
  }
  return argument;
}

int main(void) {
  pthread_t threads[kMovers];
  for (int i = 0; i < kMovers; ++i) {
    struct Mover* m = &movers[i];
    CHECK(pipe2(m->from, O_CLOEXEC) == 0 && pipe2(m->to, O_CLOEXEC) == 0);
    threads[i] = Start(Body, m);
    AwaitSyscall(&m->tid, m->move == Tee ? SYS_tee : SYS_splice);
  }
  LiveThroughRestarts();
  char text[16];
  for (int round = 1; round <= kRounds; ++round) {
    for (int i = 0; i < kMovers; ++i) {
      struct Mover* m = &movers[i];
      CHECK(Get(&m->moved) == round - 1);
      CHECK(write(m->from[1], "hello", 5) == 5);
      Await(&m->moved, round);
      CHECK(read(m->to[0], text, sizeof(text)) == 5);
      CHECK(memcmp(text, "hello", 5) == 0);
    }
  }
  for (int i = 0; i < kMovers; ++i) Join(threads[i]);
  return Done();
}
