// Intent: a file without code carries the note and asks for no runtime.
// RUN: %clang %with_pass -O2 -c %s -o %t.o
// RUN: llvm-readelf -SW %t.o | FileCheck %s
// RUN: llvm-nm -u %t.o | count 0

// CHECK: .note.ckpt NOTE
int table[] = {1, 2, 3};
