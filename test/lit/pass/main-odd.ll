; Intent: a main of a form that no C compiler makes hands over null pointers
; rather than something that is not argc and argv.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: define i32 @main(ptr %block, i32 %n)
; CHECK-NEXT: call void @__ckpt_main_init(ptr null, ptr null)
define i32 @main(ptr %block, i32 %n) {
  ret i32 %n
}
