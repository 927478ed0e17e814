// Intent: half a line of standard output, in its buffer at the checkpoint, comes
// out once, on the standard output of the restarted program.
// RUN: %build_c
// RUN: %generations %t
// RUN: FileCheck %s --match-full-lines < %t.run/out.4
#include "behave.h"

int main(void) {
  printf("first half, ");
  LiveThroughRestarts();
  printf("second half\n");
  fflush(stdout);
  return Done();
}
// CHECK: first half, second half
// CHECK-NEXT: OK 3
