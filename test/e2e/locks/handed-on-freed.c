// Intent: memory of a mutex that another thread has unlocked and freed is the
// program's: a restart under new ids, which looks for the locks of the thread
// that had locked it, writes nothing there, whatever stands in it.
// RUN: %build_c
// RUN: %generations --ids new %t
// RUN: %generations --ids ns %t
#include <sys/mman.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kMutexes = 60, kPatterns = 6 };

// One per page, so that the pages can be filled with anything else.
static char* pages[kMutexes];
static int locked, freed, checked, own_tid;

static pthread_mutex_t* MutexOf(int i) {
  return (pthread_mutex_t*)(pages[i] + 64);
}

// What is found in memory by chance: ids with the bit that marks them during a
// restart, all bits, and what a mutex or the thread's id looks like.
static uint32_t Word(int i, int n) {
  const uint32_t tid = (uint32_t)Get(&own_tid);
  switch (i % kPatterns) {
    case 0: return 1u << 29;
    case 1: return ~0u;
    case 2: return tid | 1u << 29;
    case 3: return tid;
    case 4: return (uint32_t)(i * 4096 + n) * 2654435761u | 1u << 29;
    default: return 0x20202020 + (uint32_t)n;
  }
}

static void* Locker(void* unused) {
  (void)unused;
  Set(&own_tid, (int)syscall(SYS_gettid));
  for (int i = 0; i < kMutexes; ++i) pthread_mutex_lock(MutexOf(i));
  Set(&locked, 1);
  Await(&checked, 1);
  return NULL;
}

int main(void) {
  for (int i = 0; i < kMutexes; ++i) {
    pages[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages[i] != MAP_FAILED);
    pthread_mutex_init(MutexOf(i), NULL);
  }
  const pthread_t locker = Start(Locker, NULL);
  Await(&locked, 1);
  for (int i = 0; i < kMutexes; ++i) {
    CHECK(pthread_mutex_unlock(MutexOf(i)) == 0);
    CHECK(pthread_mutex_destroy(MutexOf(i)) == 0);
    uint32_t* words = (uint32_t*)pages[i];
    for (int n = 0; n < 1024; ++n) words[n] = Word(i, n);
  }
  Set(&freed, 1);
  LiveThroughRestarts();
  for (int i = 0; i < kMutexes; ++i) {
    const uint32_t* words = (const uint32_t*)pages[i];
    for (int n = 0; n < 1024; ++n) {
      if (words[n] != Word(i, n)) {
        dprintf(2, "page %d, word %d: 0x%x, was 0x%x\n", i, n, words[n],
                Word(i, n));
        CHECK(!"memory changed");
      }
    }
  }
  Set(&checked, 1);
  Join(locker);
  return Done();
}
