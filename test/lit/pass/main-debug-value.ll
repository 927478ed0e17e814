; Intent: in code that was optimised before, a debug record about argc speaks of
; the corrected value, and of it only where it exists.
; RUN: opt -load-pass-plugin=%pass -passes=ckpt,verify -S %s | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

; CHECK: define i32 @main(i32 %argc, ptr %argv)
; CHECK-NEXT: alloca
; CHECK-NEXT: store
; CHECK-NEXT: call void @__ckpt_main_init
; CHECK-NEXT: %argc.reloaded = load
; CHECK-NEXT: #dbg_value(i32 %argc.reloaded,
; CHECK-NEXT: ret i32 %argc.reloaded
define i32 @main(i32 %argc, ptr %argv) !dbg !4 {
    #dbg_value(i32 %argc, !8, !DIExpression(), !9)
  ret i32 %argc, !dbg !9
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2, !3}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "m.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !{i32 7, !"Dwarf Version", i32 5}
!4 = distinct !DISubprogram(name: "main", file: !1, line: 1, type: !5, scopeLine: 1, spFlags: DISPFlagDefinition, unit: !0, retainedNodes: !7)
!5 = !DISubroutineType(types: !6)
!6 = !{!10, !10}
!7 = !{!8}
!8 = !DILocalVariable(name: "argc", arg: 1, scope: !4, file: !1, line: 1, type: !10)
!9 = !DILocation(line: 1, column: 1, scope: !4)
!10 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
