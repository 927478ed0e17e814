; Intent: the pass is no optimisation: it works on optnone functions and where
; opt-bisect switches optimisations off.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt -opt-bisect-limit=0 -S %s 2> /dev/null | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: call i32 @__ckpt_close(i32 1)
define i32 @f() noinline optnone {
  %r = call i32 @close(i32 1)
  ret i32 %r
}
declare i32 @close(i32)
