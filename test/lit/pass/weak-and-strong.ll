; Intent: of a weak and a strong declaration of one symbol (plain and as an
; assembler label) comes a strong reference to the hook.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

declare extern_weak i32 @close(i32)
declare i32 @"\01close"(i32)

define i32 @f() {
; CHECK: call i32 @__ckpt_close(i32 1)
; CHECK: call i32 @__ckpt_close(i32 2)
  %a = call i32 @close(i32 1)
  %b = call i32 @"\01close"(i32 2)
  ret i32 %b
}
; CHECK: declare i32 @__ckpt_close(i32)
; CHECK-NOT: declare
