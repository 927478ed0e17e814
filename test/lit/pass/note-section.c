// Intent: an object carries an ELF note that names the pass and the version of
// its ABI, at every level.
// RUN: %clang %with_pass -O0 -c %s -o %t.o
// RUN: llvm-readelf -nSW %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -fPIC -ffunction-sections -fdata-sections -c %s -o %t.o
// RUN: llvm-readelf -nSW %t.o | FileCheck %s
// RUN: readelf -nW %t.o | FileCheck %s --check-prefix=GNU

// CHECK: .note.ckpt NOTE {{.*}} 4{{$}}
// CHECK: Displaying notes found in: .note.ckpt
// CHECK: CKPT 0x00000004 NT_VERSION
// CHECK-NEXT: description data: 01 00 00 00
// GNU: CKPT 0x00000004 NT_VERSION
// GNU: description data: 01 00 00 00
int f(void) { return 1; }
