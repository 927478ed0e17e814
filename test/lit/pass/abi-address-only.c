// Intent: a file whose only use of the runtime is the address of a hook in a table
// is tied to the runtime's version too.
// RUN: %clang %with_pass -O2 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
int close(int);

// CHECK: U __ckpt_abi_version_mismatch_check_v
// CHECK: U __ckpt_close
int (*table[])(int) = {close};
