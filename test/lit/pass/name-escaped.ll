; Intent: a name with the \01 prefix, which keeps LLVM from decorating it, is the
; same symbol.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: @table = global [2 x ptr] [ptr @__ckpt_open64, ptr @__ckpt_dup]
@table = global [2 x ptr] [ptr @"\01open64", ptr @"\01dup"]

; CHECK: call i32 (ptr, i32, ...) @__ckpt_open64(ptr %p, i32 0)
define i32 @f(ptr %p) {
  %r = call i32 (ptr, i32, ...) @"\01open64"(ptr %p, i32 0)
  ret i32 %r
}

; CHECK-NOT: declare {{.*}}\01
declare i32 @"\01open64"(ptr, i32, ...)
declare i32 @"\01dup"(i32)
