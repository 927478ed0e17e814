; Intent: an inline wrapper that calls its own symbol means the function in the C
; library, which is the hook; the call of the wrapper stays, to be inlined.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,always-inline,elim-avail-extern,verify -S %s | FileCheck %s --check-prefix=INLINED
target triple = "x86_64-pc-linux-gnu"

declare void @check(i32)

; CHECK-LABEL: define available_externally i32 @close
; CHECK: call i32 @__ckpt_close(i32 %fd)
define available_externally i32 @close(i32 %fd) alwaysinline {
  call void @check(i32 %fd)
  %r = call i32 @close(i32 %fd)
  ret i32 %r
}

; CHECK-LABEL: define i32 @f
; CHECK: call i32 @close(i32 1)
; INLINED-LABEL: define i32 @f
; INLINED: call void @check(i32 1)
; INLINED: call i32 @__ckpt_close(i32 1)
define i32 @f() {
  %r = call i32 @close(i32 1)
  ret i32 %r
}
