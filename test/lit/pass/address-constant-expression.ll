; Intent: constants made of an address name the hook in every kind of operand:
; arguments, phis, switches over it, vectors and nested expressions.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK-NOT: {{@(dup|close)[^a-z0-9_]}}
@offset = global ptr getelementptr (i8, ptr @dup, i64 4)
; CHECK: @offset = global ptr getelementptr (i8, ptr @__ckpt_dup, i64 4)
@relative = global i32 trunc (i64 sub (i64 ptrtoint (ptr dso_local_equivalent @dup to i64), i64 ptrtoint (ptr @relative to i64)) to i32)
; CHECK: @relative = {{.*}}dso_local_equivalent @__ckpt_dup

declare void @use(i64, <2 x ptr>)
declare i32 @dup(i32)
declare i32 @close(i32)

define ptr @f(i1 %c) {
; CHECK: call void @use(i64 xor (i64 ptrtoint (ptr @__ckpt_dup to i64), i64 1), <2 x ptr> <ptr @__ckpt_dup, ptr @__ckpt_close>)
  call void @use(i64 xor (i64 ptrtoint (ptr @dup to i64), i64 1), <2 x ptr> <ptr @dup, ptr @close>)
  br i1 %c, label %a, label %b
a:
  br label %b
b:
; CHECK: phi ptr [ @__ckpt_dup, %a ], [ @__ckpt_close, %0 ]
  %p = phi ptr [ @dup, %a ], [ @close, %0 ]
  ret ptr %p
}
; CHECK-NOT: {{@(dup|close)[^a-z0-9_]}}
