// Intent: what is done in the common case of a short call, beside the call: a
// clock goes on to the C library by a jump, and a read or a write is one call
// between notes in the thread's table, with no other call and no locked
// instruction.
// REQUIRES: runtime
// RUN: %ckpt_cc -O2 %s -o %t
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_clock_gettime %t \
// RUN:   | FileCheck %s --check-prefix=CLOCK
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_read %t | FileCheck %s --check-prefix=MOVE
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_write %t \
// RUN:   | FileCheck %s --check-prefix=MOVE
#include <time.h>
#include <unistd.h>

int main(void) {
  struct timespec now;
  char byte;
  return clock_gettime(CLOCK_MONOTONIC, &now) + (int)read(0, &byte, 0) +
         (int)write(1, &byte, 0);
}

// CLOCK: <__ckpt_clock_gettime>:
// CLOCK-NOT: {{[[:space:]](callq|pushq|lock|retq)[[:space:]]}}
// CLOCK: jmpq *%rax

// MOVE: <__ckpt_{{read|write}}>:
// MOVE-NOT: {{[[:space:]](callq|lock|retq)[[:space:]]}}
// MOVE: callq *{{.*}}g_libc
// MOVE-NOT: {{[[:space:]](callq|lock|xchgl)[[:space:]]}}
// MOVE: retq
