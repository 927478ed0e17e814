// Intent: memory that a handler of SIGSEGV makes accessible when it is touched
// goes on being that, under a storm of checkpoints and through restarts: each
// fault is seen once, at its address, and the instruction goes on.
// RUN: %build_c
// RUN: %generations --interval 0.01 %t
// RUN: %generations --interval 0.01 --ids new %t
#include "behave.h"

#include <sys/mman.h>

enum { kPages = 64, kPage = 4096, kThreads = 2 };

static __thread char* area;
static __thread volatile int faults;

static void OnFault(int signal, siginfo_t* info, void* context) {
  char* page = (char*)((uintptr_t)info->si_addr & ~(uintptr_t)(kPage - 1));
  CHECK(signal == SIGSEGV && info->si_code == SEGV_ACCERR && context != NULL);
  CHECK(page >= area && page < area + kPages * kPage);
  faults = faults + 1;
  CHECK(mprotect(page, kPage, PROT_READ | PROT_WRITE) == 0);
}

static void* Body(void* unused) {
  area = mmap(NULL, kPages * kPage, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(area != MAP_FAILED);
  int round = 0;
  do {
    CHECK(mprotect(area, kPages * kPage, PROT_NONE) == 0);
    faults = 0;
    for (int i = 0; i < kPages; ++i) {
      volatile int* word = (volatile int*)(area + i * kPage);
      CHECK(*word == round);
      *word = round + 1;
      CHECK(faults == i + 1);
    }
    ++round;
  } while (!Go() || round < 3);
  return unused;
}

int main(void) {
  pthread_t threads[kThreads];
  const struct sigaction action = {.sa_sigaction = OnFault,
                                   .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Body, NULL);
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
