; Intent: opt runs the pass by its name and knows no other by the plugin.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt -S %s | FileCheck %s
; RUN: opt -load-pass-plugin=%pass -passes='ckpt,default<O2>' -S %s | FileCheck %s
; RUN: not opt -load-pass-plugin=%pass -passes=ckpt2 -S %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: call i32 @__ckpt_close(i32 1)
define i32 @f() {
  %r = call i32 @close(i32 1)
  ret i32 %r
}
declare i32 @close(i32)
