// safepoint_x86_64.S - the two ends of a signal frame.
//
//   __ckpt_sigreturn     the kernel's return address of every handler of ours:
//                        rsp = the frame behind its return address
//   __ckpt_resume_entry  from the restorer: rdi = Slot*, rsi = ThreadRecord*,
//                        rsp = below the frame. Waits in C++ and returns
//                        through the frame: rax = ucontext_t*

        .text
        .globl  __ckpt_sigreturn
        .hidden __ckpt_sigreturn
        .type   __ckpt_sigreturn, @function
        .p2align 4
__ckpt_sigreturn:
        .cfi_startproc
        .cfi_signal_frame
        movq    $15, %rax               // rt_sigreturn
        syscall
        ud2
        .cfi_endproc
        .size   __ckpt_sigreturn, .-__ckpt_sigreturn

        .globl  __ckpt_resume_entry
        .hidden __ckpt_resume_entry
        .type   __ckpt_resume_entry, @function
        .p2align 4
__ckpt_resume_entry:
        .cfi_startproc
        .cfi_undefined rip              // nothing below: the outermost frame
        xorl    %ebp, %ebp
        andq    $-16, %rsp
        call    __ckpt_resume_thread
        movq    %rax, %rsp
        movq    $15, %rax
        syscall
        ud2
        .cfi_endproc
        .size   __ckpt_resume_entry, .-__ckpt_resume_entry

        .section .note.GNU-stack, "", @progbits
