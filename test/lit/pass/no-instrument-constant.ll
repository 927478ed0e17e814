; Intent: a constant made of the address, which two functions and a global share,
; names the original in the marked function only.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

@text = private constant [19 x i8] c"ckpt.no_instrument\00", section "llvm.metadata"
@file = private constant [2 x i8] c"f\00", section "llvm.metadata"
@llvm.global.annotations = appending global [1 x { ptr, ptr, ptr, i32, ptr }] [{ ptr, ptr, ptr, i32, ptr } { ptr @left_alone, ptr @text, ptr @file, i32 1, ptr null }], section "llvm.metadata"

; CHECK: @shared = global ptr getelementptr (i8, ptr @__ckpt_close, i64 1)
@shared = global ptr getelementptr (i8, ptr @close, i64 1)

declare i32 @close(i32)

; CHECK-LABEL: define ptr @left_alone
; CHECK: phi ptr [ getelementptr (i8, ptr @close, i64 1), %a ], [ getelementptr (i8, ptr @close, i64 1), %a ], [ null, %0 ]
define ptr @left_alone(i1 %c, i32 %i) {
  br i1 %c, label %a, label %b
a:
  switch i32 %i, label %b [ i32 1, label %b ]
b:
  %p = phi ptr [ getelementptr (i8, ptr @close, i64 1), %a ], [ getelementptr (i8, ptr @close, i64 1), %a ], [ null, %0 ]
  ret ptr %p
}

; CHECK-LABEL: define ptr @ordinary
; CHECK: ret ptr getelementptr (i8, ptr @__ckpt_close, i64 1)
define ptr @ordinary() {
  ret ptr getelementptr (i8, ptr @close, i64 1)
}
