// raw_syscall.S - a system call by number, in a form that
// core/interruption recognises: the number is still there behind the call.
//
//   long __ckpt_raw_syscall(const long* arguments, long number)
//   rdi = six arguments, rsi = number
//
//   call: rax = number, rdi rsi rdx r10 r8 r9 = arguments; rbx = number
//   behind it, at __ckpt_raw_syscall_end: rax = the kernel's result

        .text
        .globl  __ckpt_raw_syscall, __ckpt_raw_syscall_end
        .hidden __ckpt_raw_syscall, __ckpt_raw_syscall_end
        .type   __ckpt_raw_syscall, @function
        .p2align 4
__ckpt_raw_syscall:
        .cfi_startproc
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        movq    %rsi, %rbx
        movq    %rdi, %rax
        movq    (%rax), %rdi
        movq    8(%rax), %rsi
        movq    16(%rax), %rdx
        movq    24(%rax), %r10
        movq    32(%rax), %r8
        movq    40(%rax), %r9
        movq    %rbx, %rax
        syscall
__ckpt_raw_syscall_end:
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbx
        ret
        .cfi_endproc
        .size   __ckpt_raw_syscall, .-__ckpt_raw_syscall

        .section .note.GNU-stack, "", @progbits
