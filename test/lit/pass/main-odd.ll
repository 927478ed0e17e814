; Intent: a main of a form that no C compiler makes hands over null pointers
; rather than something that is not argc and argv.
; RUN: split-file %s %t
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %t/pointer.ll | FileCheck %s
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %t/wide.ll | FileCheck %s
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %t/argv.ll | FileCheck %s --check-prefix=ARGC

; CHECK: define i32 @main(
; CHECK-NEXT: call void @__ckpt_main_init(ptr null, ptr null)
; ARGC: call void @__ckpt_main_init(ptr %ckpt.argc, ptr null)

;--- pointer.ll
target triple = "x86_64-pc-linux-gnu"
define i32 @main(ptr %block, i32 %n) {
  ret i32 %n
}
;--- wide.ll
target triple = "x86_64-pc-linux-gnu"
define i32 @main(i64 %argc, ptr %argv) {
  ret i32 0
}
;--- argv.ll
target triple = "x86_64-pc-linux-gnu"
define i32 @main(i32 %argc, i64 %argv) {
  ret i32 %argc
}
