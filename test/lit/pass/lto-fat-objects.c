// Intent: -ffat-lto-objects instruments the machine code and the bitcode in it,
// each once.
// RUN: %clang %with_pass -flto=thin -ffat-lto-objects -O2 -c %s -o %t.o
// RUN: llvm-objdump -dr %t.o | FileCheck %s --check-prefix=CODE
// RUN: llvm-objcopy --dump-section=.llvm.lto=%t.bc %t.o
// RUN: llvm-dis %t.bc -o - | FileCheck %s --check-prefix=BITCODE
#include <unistd.h>

// CODE: __ckpt_main_init
// CODE-NOT: __ckpt_main_init
// CODE: __ckpt_close
// BITCODE: call void @__ckpt_main_init
// BITCODE-NOT: call void @__ckpt_main_init
// BITCODE: call i32 @__ckpt_close
int main(void) { return close(1) + 1; }
