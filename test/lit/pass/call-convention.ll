; Intent: the hook has the calling convention of the declaration.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK-NOT: @close(
; CHECK: call fastcc i32 @__ckpt_close(i32 3)
; CHECK: declare fastcc i32 @__ckpt_close(i32)
define i32 @f() {
  %r = call fastcc i32 @close(i32 3)
  ret i32 %r
}

declare fastcc i32 @close(i32)
