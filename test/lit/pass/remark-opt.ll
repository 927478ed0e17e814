; Intent: opt shows the remarks too.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt -pass-remarks=ckpt -pass-remarks-missed=ckpt -disable-output %s 2>&1 | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: remark: {{.*}}call to close goes through the checkpoint runtime
; CHECK: remark: {{.*}}call to fork goes through the checkpoint runtime
; CHECK: remark: {{.*}}call to pipe: a pipe to another process is not carried over a restart
define i32 @f(ptr %p) {
  %r = call i32 @close(i32 1)
  %s = call i32 @fork()
  %t = call i32 @pipe(ptr %p)
  ret i32 %r
}
declare i32 @close(i32)
declare i32 @fork()
declare i32 @pipe(ptr)
