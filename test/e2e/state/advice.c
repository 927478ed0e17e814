// Intent: advice about memory (madvise) is given again: not to be forked, wiped
// or dumped, huge pages or none, merging, ways of reading.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -pthread -I %behave %s -o %t
// RUN: %generations %t
// REQUIRES: nobody
#include <sys/mman.h>
#include <sys/wait.h>

#include "state/smaps.h"

enum { kAdvices = 8, kArea = 8 * 4096 };

static const struct {
  int advice;
  const char* flag;
} kAdvice[kAdvices] = {
    {MADV_RANDOM, "rr"},     {MADV_SEQUENTIAL, "sr"}, {MADV_DONTFORK, "dc"},
    {MADV_MERGEABLE, "mg"},  {MADV_HUGEPAGE, "hg"},   {MADV_NOHUGEPAGE, "nh"},
    {MADV_DONTDUMP, "dd"},   {MADV_WIPEONFORK, "wf"},
};

static char* Area(int number, char* base) {
  return base + (2 * number + 1) * kArea;  // nobody's memory between them
}

// In a child: what is wiped is zero there, what is not forked is not there.
static int Child(char* wiped, char* absent) {
  const pid_t child = fork();
  if (child == 0) {
    unsigned char present;
    _exit(wiped[0] == 0 && mincore(absent, 4096, &present) == -1 ? 33 : 1);
  }
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void) {
  int given[kAdvices];
  char* base = mmap(NULL, (2 * kAdvices + 1) * kArea, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(base != MAP_FAILED);
  for (int i = 0; i < kAdvices; ++i) {
    // A kernel without huge pages or merging does not take that.
    given[i] = madvise(Area(i, base), kArea, kAdvice[i].advice) == 0;
    memset(Area(i, base), 'a' + i, 3 * 4096);
  }
  CHECK(given[2] && given[7]);
  LiveThroughRestarts();
  for (int i = 0; i < kAdvices; ++i) {
    CHECK(HasFlag(Area(i, base), kAdvice[i].flag) == given[i]);
    CHECK(!HasFlag(Area(i, base) - kArea, kAdvice[i].flag));
    for (int k = 0; k < kArea; ++k) {
      CHECK(Area(i, base)[k] == (k < 3 * 4096 ? 'a' + i : 0));
    }
  }
  CHECK(Child(Area(7, base), Area(2, base)) == 33);
  return Done();
}
