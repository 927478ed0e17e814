; Intent: a naked main, which has no frame for argc, is left as it is.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK-NOT: __ckpt_main_init
define i32 @main(i32 %argc, ptr %argv) naked {
  call void asm sideeffect "ret", ""()
  unreachable
}
