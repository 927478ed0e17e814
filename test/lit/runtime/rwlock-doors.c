// Intent: an uncontended read-write lock and its unlock is a direct call of
// straight code: no call from it, no jump through the PLT, and for a reader one
// locked instruction each; the way that is usual is the one without taken
// branches.
// REQUIRES: runtime
// RUN: %ckpt_cc -O2 -pthread %s -o %t
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=main %t | FileCheck %s --check-prefix=MAIN
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_rwlock_rdlock %t \
// RUN:   | FileCheck %s --check-prefix=READ
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_rwlock_wrlock %t \
// RUN:   | FileCheck %s --check-prefix=WRITE
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_rwlock_unlock %t \
// RUN:   | FileCheck %s --check-prefix=UNLOCK
// RUN: %ckpt_cc -O2 -pthread -static %s -o %t
// RUN: llvm-objdump -d --no-show-raw-insn --no-leading-addr \
// RUN:   --disassemble-symbols=__ckpt_pthread_rwlock_rdlock %t \
// RUN:   | FileCheck %s --check-prefix=READ
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int counter;

int main(void) {
  pthread_rwlock_rdlock(&lock);
  int seen = counter;
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_wrlock(&lock);
  counter = seen + 1;
  pthread_rwlock_unlock(&lock);
  return 0;
}

// MAIN: callq {{.*}}<__ckpt_pthread_rwlock_rdlock>
// MAIN: callq {{.*}}<__ckpt_pthread_rwlock_unlock>
// MAIN: callq {{.*}}<__ckpt_pthread_rwlock_wrlock>

// READ: <__ckpt_pthread_rwlock_rdlock>:
// READ-NOT: {{[[:space:]](callq|jmp|lock|retq)[[:space:]]}}
// READ: {{^[[:blank:]]*lock[[:blank:]]*$}}
// READ-NEXT: cmpxchgl %esi, (%rdi)
// READ-NEXT: jne
// READ-NEXT: leaq 0x3(%rdi), %r9
// READ-NEXT: movq %r9, 0x38(%r8,%rcx,8)
// READ-NEXT: movl %ecx, 0x8(%r8)
// READ-NEXT: xorl %eax, %eax
// READ-NEXT: retq

// WRITE: <__ckpt_pthread_rwlock_wrlock>:
// WRITE-NOT: {{[[:space:]](callq|jmp|lock|retq)[[:space:]]}}
// WRITE: {{^[[:blank:]]*lock[[:blank:]]*$}}
// WRITE-NEXT: cmpxchgl %esi, (%rdi)
// WRITE-NOT: {{[[:space:]](callq|jmp|lock)[[:space:]]}}
// WRITE: retq

// UNLOCK: <__ckpt_pthread_rwlock_unlock>:
// UNLOCK-NOT: {{[[:space:]](callq|jmp|lock|retq)[[:space:]]}}
// UNLOCK: {{^[[:blank:]]*lock[[:blank:]]*$}}
// UNLOCK-NEXT: cmpxchgl %esi, (%rdi)
// UNLOCK-NEXT: jne
// UNLOCK-NEXT: movl %ecx, 0x8(%r8)
// UNLOCK-NEXT: xorl %eax, %eax
// UNLOCK-NEXT: retq
