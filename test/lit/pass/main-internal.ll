; Intent: a function named main that no other object can see is not the
; program's main.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK-NOT: __ckpt_main_init
define internal i32 @main() {
  ret i32 0
}

define ptr @f() {
  ret ptr @main
}
