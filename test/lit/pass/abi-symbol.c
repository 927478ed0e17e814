// Intent: an object with code refers to the symbol of the runtime's version, at
// every level and in every code model.
// RUN: %clang %with_pass -O0 -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O1 -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O3 -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -fPIC -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -fPIE -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -fno-pic -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -mcmodel=large -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -flto -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -flto=thin -c %s -o %t.o && llvm-nm -u %t.o | FileCheck %s

// CHECK: U __ckpt_abi_version_mismatch_check_v{{[0-9]+$}}
int f(void) { return 1; }
