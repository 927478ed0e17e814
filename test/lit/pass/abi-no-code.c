// Intent: the reference to the runtime's version is data: no constructor, no
// code.
// RUN: %clang %with_pass -O2 -c %s -o %t.o
// RUN: llvm-readelf -SrW %t.o | FileCheck %s

// CHECK-NOT: {{_array|\.ctors}}
// CHECK: Relocation section '.rela.data.rel.ro{{.*}}
// CHECK-NEXT: Offset
// CHECK-NEXT: R_X86_64_64 {{.*}} __ckpt_abi_version_mismatch_check_v
int f(void) { return 1; }
