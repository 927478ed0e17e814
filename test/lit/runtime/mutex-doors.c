// Intent: an uncontended lock and unlock of a normal mutex is a direct call of
// straight code: no call from it, no jump through the PLT, one locked
// instruction, and the way that is usual is the one without taken branches.
// REQUIRES: runtime
// RUN: %ckpt_cc -O2 -pthread %s -o %t
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=main %t | FileCheck %s --check-prefix=MAIN
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_mutex_lock %t \
// RUN:   | FileCheck %s --check-prefix=LOCK
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_mutex_unlock %t \
// RUN:   | FileCheck %s --check-prefix=UNLOCK
// RUN: %ckpt_cc -O2 -pthread -static %s -o %t
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=main %t | FileCheck %s --check-prefix=MAIN
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_mutex_lock %t \
// RUN:   | FileCheck %s --check-prefix=LOCK
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int counter;

int main(void) {
  pthread_mutex_lock(&mutex);
  ++counter;
  pthread_mutex_unlock(&mutex);
  return 0;
}

// MAIN: callq {{.*}}<__ckpt_pthread_mutex_lock>
// MAIN: callq {{.*}}<__ckpt_pthread_mutex_unlock>

// LOCK: <__ckpt_pthread_mutex_lock>:
// LOCK-NOT: {{[[:space:]](callq|jmp|lock|retq)[[:space:]]}}
// LOCK: {{^[[:blank:]]*lock[[:blank:]]*$}}
// LOCK-NEXT: cmpxchgl %esi, (%rdi)
// LOCK-NEXT: jne
// LOCK-NEXT: movl %edx, 0x8(%rdi)
// LOCK-NEXT: incl 0xc(%rdi)
// LOCK-NEXT: movq %rdi, 0x38(%r8,%rcx,8)
// LOCK-NEXT: movl %ecx, 0x8(%r8)
// LOCK-NEXT: xorl %eax, %eax
// LOCK-NEXT: retq

// UNLOCK: <__ckpt_pthread_mutex_unlock>:
// UNLOCK-NOT: {{[[:space:]](callq|jmp|lock|retq)[[:space:]]}}
// UNLOCK: xchgl %eax, (%rdi)
// UNLOCK-NEXT: movl %ecx, 0x8(%r8)
// UNLOCK-NEXT: cmpl $0x1, %eax
// UNLOCK-NEXT: jg
// UNLOCK-NEXT: xorl %eax, %eax
// UNLOCK-NEXT: retq
