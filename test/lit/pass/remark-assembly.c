// Intent: -Rpass-missed=ckpt names system call instructions in inline assembly
// and nothing that only looks like one.
// RUN: %clang %with_pass -O2 -Rpass-missed=ckpt -c %s -o %t.o 2>&1 | FileCheck %s --implicit-check-not=remark:
long f(long number) {
  long result;
  // CHECK: remark-assembly.c:[[@LINE+1]]:3: remark: raw system call is not seen by the checkpoint runtime [-Rpass-missed=ckpt]
  __asm__ volatile("nop\n\tsyscall\n\tnop" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
  __asm__ volatile("my_syscall_site%=: nop" ::);
  return result;
}
