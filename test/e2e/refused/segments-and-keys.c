// Intent: segments of the program's own (modify_ldt) and memory protection keys
// make checkpoints fail with one line that names them; without keys they work.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %t -- -d %t.dir 2>&1 | FileCheck %s
// CHECK: begin
// CHECK-NEXT: {{protection key \(pkey_alloc\), which|no keys here}}
// CHECK-NEXT: {{segment of its own \(modify_ldt\), which|no segments here}}
// CHECK-NEXT: OK 0
#include <asm/ldt.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "behave.h"

int main(void) {
  Say("begin\n");
  const int key = pkey_alloc(0, 0);
  if (key >= 0) {
    CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
    CHECK(pkey_free(key) == 0);
  } else {
    Say("no keys here\n");
  }
  CHECK(checkpoint_here() == 0);
  const struct user_desc segment = {.entry_number = 0,
                                    .limit = 1,
                                    .seg_32bit = 1};
  if (syscall(SYS_modify_ldt, 1, &segment, sizeof(segment)) == 0) {
    CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  } else {
    Say("no segments here\n");
  }
  return Done();
}
