// handlers_x86_64.S - where the kernel enters the program's signal handlers
// (track/handlers).
//
//   from the kernel: rdi = signal, rsi = siginfo_t*, rdx = ucontext_t*,
//   rax = 0, (rsp) = return address into the C library's rt_sigreturn
//
// An entry loads its number and goes on in `enter`, which leaves all of these
// as they were. On the way it looks for what concerns us, and calls
// __ckpt_before_handler (core/interruption) only then: the frame is that of a
// system call that is to run again for our sake (frame.h, SetBack), of one that
// has just returned (HasJustReturned), or of a thread in code that must not be
// seen half done (lock_region.h).

#define ENTRIES 512             /* kHandlerEntries */
#define UC_R11 64               /* ucontext_t: uc_mcontext.gregs[REG_R11] */
#define UC_RCX 152
#define UC_RIP 168
#define SET_BACK 0x9d3a6e5bc1f07424  /* kSetBack, kSetBackForAny is 1 more */

        .text
        .globl  __ckpt_handler_entries
        .hidden __ckpt_handler_entries
        .type   __ckpt_handler_entries, @function
        .p2align 4
__ckpt_handler_entries:
        .cfi_startproc
        .set    number, 0
        .rept   ENTRIES
        .p2align 4
        movl    $number, %eax
        jmp     enter
        .set    number, number + 1
        .endr
        .p2align 4

enter:
        leaq    __ckpt_handlers(%rip), %rcx
        movq    (%rcx,%rax,8), %rax
        movabsq $SET_BACK, %rcx
        xorq    UC_R11(%rdx), %rcx
        cmpq    $1, %rcx
        jbe     look
        movq    UC_RIP(%rdx), %rcx
        cmpq    UC_RCX(%rdx), %rcx
        je      look
        leaq    __ckpt_lock_region(%rip), %r8
        leaq    __ckpt_lock_region_end(%rip), %r9
        subq    %r8, %rcx
        subq    %r8, %r9
        cmpq    %r9, %rcx
        jb      look
go:
        shlq    $3, %rax                // without the flags
        shrq    $3, %rax
        movq    %rax, %rcx
        xorl    %eax, %eax
        jmpq    *%rcx
look:
        pushq   %rdi
        .cfi_adjust_cfa_offset 8
        pushq   %rsi
        .cfi_adjust_cfa_offset 8
        pushq   %rdx
        .cfi_adjust_cfa_offset 8
        movq    %rdx, %rdi
        movq    %rax, %rsi
        call    __ckpt_before_handler   // (ucontext_t*, handler word): the word
        popq    %rdx
        .cfi_adjust_cfa_offset -8
        popq    %rsi
        .cfi_adjust_cfa_offset -8
        popq    %rdi
        .cfi_adjust_cfa_offset -8
        jmp     go
        .cfi_endproc
        .size   __ckpt_handler_entries, .-__ckpt_handler_entries

        .bss
        .globl  __ckpt_handlers
        .hidden __ckpt_handlers
        .type   __ckpt_handlers, @object
        .p2align 6
__ckpt_handlers:                        // a word for each entry (handlers.cpp)
        .zero   8 * ENTRIES
        .size   __ckpt_handlers, .-__ckpt_handlers

        .section .note.GNU-stack, "", @progbits
