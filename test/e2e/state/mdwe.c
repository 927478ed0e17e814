// Intent: a program that may have no memory that is written and executed
// (PR_SET_MDWE) is restarted as one, and checkpointed again.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/mman.h>
#include <sys/prctl.h>

#include "behave.h"

enum { kSetMdwe = 65, kGetMdwe = 66, kRefuseExecGain = 1 };

static int Mdwe(void) { return prctl(kGetMdwe, 0, 0, 0, 0); }

int main(void) {
  const long page = 4096;
  void* own = mmap(NULL, page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(own != MAP_FAILED);
  if (Mdwe() < 0) {  // before Linux 6.3
    LiveThroughRestarts();
    return Done();
  }
  CHECK(prctl(kSetMdwe, kRefuseExecGain, 0, 0, 0) == 0);
  LiveThroughRestarts();
  CHECK(Mdwe() == kRefuseExecGain);
  CHECK(mprotect(own, page, PROT_READ | PROT_EXEC) == -1 && errno == EACCES);
  return Done();
}
