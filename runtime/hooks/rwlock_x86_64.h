// rwlock_x86_64.h - a part of hooks/mutex_x86_64.S: doors of the read-write
// lock calls where nobody has to wait. As there, what is done to the lock is
// what glibc does (nptl/pthread_rwlock_common.c), and a row says for every
// instruction how a thread is taken out.
//
// __readers: the readers, from bit 3 on, and below them
//   1  WRPHASE   the lock is the writers'; stays when the last one has gone
//   2  WRLOCKED  there is a writer
//   4  RWAITING  readers give way to a writer
//
//   rdi  the lock, all through
//   r8   track::Slot*
//   ecx  the new depth of the thread's table
//   edx  the thread's id
//   eax  what __readers was; esi, to unlock for writing: what __writers_futex
//        was; r9 scratch

#ifndef CKPT_HOOKS_RWLOCK_X86_64_H
#define CKPT_HOOKS_RWLOCK_X86_64_H

#define RW_READERS      CKPT_RWLOCK_READERS(%rdi)
#define RW_PHASE_FUTEX  CKPT_RWLOCK_PHASE_FUTEX(%rdi)
#define RW_FUTEX        CKPT_RWLOCK_WRITERS_FUTEX(%rdi)
#define RW_WRITER       CKPT_RWLOCK_WRITER(%rdi)
#define RW_SHARED       CKPT_RWLOCK_SHARED(%rdi)
#define RW_FLAGS        CKPT_RWLOCK_FLAGS(%rdi)
#define RW_BITS         7
#define RW_ONE          8       /* reader */
#define RW_WRPHASE      1
#define RW_WRLOCKED     2
#define RW_USED         2       /* somebody waits on the futex */
#define RW_WRITER_TAG   1       /* track/locks.h */
#define RW_READER_TAG   3

// The slot into r8, the new depth into ecx.
        .macro rw_look slow
        movq    %fs:SLOT@tpoff, %r8
        testq   %r8, %r8
        je      \slow
        cmpl    $0, __ckpt_foreign_rwlocks(%rip)
        jne     \slow
        .endm
        .macro rw_room slow
        movl    DEPTH, %esi
        cmpl    $CKPT_INLINE_LOCKS, %esi
        jae     \slow
        leal    1(%rsi), %ecx
        .endm

// The lock, tagged, as the newest of the thread's table, and the end.
        .macro rw_push name, tag, what
.L\name\()_push:
        leaq    \tag(%rdi), %r9
        movq    %r9, CKPT_SLOT_LOCKS - 8(%r8,%rcx,8)
        movl    %ecx, DEPTH
.L\name\()_done:
        xorl    %eax, %eax
        ret
.L\name\()_end:
        row     .L\name\()_push, .L\name\()_done - 1, .L\name\()_done, \
                \what
        row     .L\name\()_done, .L\name\()_end - 1, __ckpt_lock_region, \
                CKPT_REGION_STAY
        .endm

// The free lock is asked for without a look at it, which would have to wait for
// the last change of it.
        .macro rdlock_door name, slow
        door    __ckpt_\name
        rw_look \slow
        rw_room \slow
        xorl    %eax, %eax
        movl    $RW_ONE, %esi
        lock cmpxchgl %esi, RW_READERS
.L\name\()_asked:
        jne     .L\name\()_more
        rw_push \name, RW_READER_TAG, CKPT_REGION_PUSH_READER
.L\name\()_more:
        testl   $RW_BITS, %eax
        jne     \slow
        leal    RW_ONE(%rax), %esi
        testl   %esi, %esi
        js      \slow                   // too many
        lock cmpxchgl %esi, RW_READERS
.L\name\()_asked_more:
        jne     .L\name\()_more
.L\name\()_got:
        jmp     .L\name\()_push
.L\name\()_got_end:
        row     .L\name\()_asked, .L\name\()_asked, .L\name\()_done, \
                CKPT_REGION_IF_ZERO + CKPT_REGION_PUSH_READER
        row     .L\name\()_asked_more, .L\name\()_asked_more, \
                .L\name\()_done, \
                CKPT_REGION_IF_ZERO + CKPT_REGION_PUSH_READER
        row     .L\name\()_got, .L\name\()_got_end - 1, .L\name\()_done, \
                CKPT_REGION_PUSH_READER
        end_door __ckpt_\name
        .endm

// The futexes are only written while they are 0: they get another bit from
// those who wait.
        .macro wrlock_door name, slow
        door    __ckpt_\name
        rw_look \slow
        rw_room \slow
        movl    CKPT_SLOT_TID(%r8), %edx
        movl    RW_READERS, %eax
        cmpl    $RW_WRPHASE, %eax
        ja      \slow                   // readers, or a writer
        movl    $RW_WRPHASE + RW_WRLOCKED, %esi
        lock cmpxchgl %esi, RW_READERS
.L\name\()_asked:
        jne     \slow
.L\name\()_futex:
        movl    $1, RW_FUTEX
.L\name\()_phase:
        testl   %eax, %eax
        jne     .L\name\()_writer
        movl    $1, RW_PHASE_FUTEX
.L\name\()_writer:
        movl    %edx, RW_WRITER
        .set    .L\name\()_last, CKPT_REGION_WRITER + CKPT_REGION_PUSH_WRITER
        .set    .L\name\()_all, CKPT_REGION_FUTEX + CKPT_REGION_PHASE + \
                .L\name\()_last
        row     .L\name\()_asked, .L\name\()_asked, .L\name\()_done, \
                CKPT_REGION_IF_ZERO + .L\name\()_all
        row     .L\name\()_futex, .L\name\()_phase - 1, .L\name\()_done, \
                .L\name\()_all
        row     .L\name\()_phase, .L\name\()_writer - 1, .L\name\()_done, \
                CKPT_REGION_PHASE + .L\name\()_last
        row     .L\name\()_writer, .L\name\()_push - 1, .L\name\()_done, \
                .L\name\()_last
        rw_push \name, RW_WRITER_TAG, CKPT_REGION_PUSH_WRITER
        end_door __ckpt_\name
        .endm

        .macro rw_unlock_door name, slow
        door    __ckpt_\name
        rw_look \slow
        movl    DEPTH, %ecx
        subl    $1, %ecx
        cmpl    $CKPT_INLINE_LOCKS, %ecx
        jae     \slow
        movq    CKPT_SLOT_LOCKS(%r8,%rcx,8), %r9
        subq    %rdi, %r9
        cmpq    $RW_READER_TAG, %r9
        jne     .L\name\()_write
        movl    $RW_ONE, %eax
        xorl    %esi, %esi
        lock cmpxchgl %esi, RW_READERS
.L\name\()_asked:
        jne     .L\name\()_more
.L\name\()_depth:
        movl    %ecx, DEPTH
.L\name\()_done:
        xorl    %eax, %eax
        ret
.L\name\()_more:
        testl   $RW_BITS, %eax
        jne     \slow
        movl    %eax, %esi
        subl    $RW_ONE, %esi
        jb      \slow                   // there is none
        lock cmpxchgl %esi, RW_READERS
.L\name\()_asked_more:
        jne     .L\name\()_more
.L\name\()_gone:
        jmp     .L\name\()_depth

.L\name\()_write:
        cmpq    $RW_WRITER_TAG, %r9
        jne     \slow
        movl    CKPT_SLOT_TID(%r8), %edx
        cmpl    %edx, RW_WRITER
        jne     \slow
        cmpl    $0, RW_FLAGS            // writers first
        jne     \slow
        cmpl    $0, RW_SHARED
        jne     \slow
.L\name\()_writer:
        movl    $0, RW_WRITER
.L\name\()_futex:
        xorl    %esi, %esi
.L\name\()_exchange:
        xchgl   %esi, RW_FUTEX
.L\name\()_readers:
        movl    RW_READERS, %eax
.L\name\()_try:
        movl    %eax, %edx
        xorl    $RW_WRLOCKED, %edx
        cmpl    $RW_ONE, %eax
        jb      .L\name\()_last
        andl    $~RW_WRPHASE, %edx      // readers wait: it is theirs
.L\name\()_last:
        lock cmpxchgl %edx, RW_READERS
.L\name\()_released:
        jne     .L\name\()_try
.L\name\()_write_depth:
        movl    %ecx, DEPTH
.L\name\()_write_done:
        cmpl    $RW_ONE, %eax
        jae     .L\name\()_wake_readers
.L\name\()_writers:
        testl   $RW_USED, %esi
        jne     .L\name\()_wake_writer
        xorl    %eax, %eax
        ret
.L\name\()_wake_readers:
        movl    %esi, %r9d
        xorl    %esi, %esi
        xchgl   %esi, RW_PHASE_FUTEX
        testl   $RW_USED, %esi
        movl    %r9d, %esi
        je      .L\name\()_writers
        pushq   %rdi
        .cfi_adjust_cfa_offset 8
        pushq   %rsi
        .cfi_adjust_cfa_offset 8
        addq    $CKPT_RWLOCK_PHASE_FUTEX, %rdi
        movl    $202, %eax              // futex
        movl    $129, %esi              // FUTEX_WAKE | FUTEX_PRIVATE_FLAG
        movl    $0x7fffffff, %edx
        syscall
        popq    %rsi
        .cfi_adjust_cfa_offset -8
        popq    %rdi
        .cfi_adjust_cfa_offset -8
        jmp     .L\name\()_writers
.L\name\()_wake_writer:
        addq    $CKPT_RWLOCK_WRITERS_FUTEX, %rdi
        movl    $202, %eax
        movl    $129, %esi
        movl    $1, %edx
        syscall
        xorl    %eax, %eax
        ret
.L\name\()_end:
        row     .L\name\()_asked, .L\name\()_asked, .L\name\()_done, \
                CKPT_REGION_IF_ZERO + CKPT_REGION_DEPTH
        row     .L\name\()_asked_more, .L\name\()_asked_more, \
                .L\name\()_done, CKPT_REGION_IF_ZERO + CKPT_REGION_DEPTH
        row     .L\name\()_depth, .L\name\()_depth, .L\name\()_done, \
                CKPT_REGION_DEPTH
        row     .L\name\()_gone, .L\name\()_write - 1, .L\name\()_done, \
                CKPT_REGION_DEPTH
        row     .L\name\()_done, .L\name\()_more - 1, __ckpt_lock_region, \
                CKPT_REGION_STAY
        row     .L\name\()_futex, .L\name\()_exchange, __ckpt_\name, \
                CKPT_REGION_WRITER
        row     .L\name\()_released, .L\name\()_released, \
                .L\name\()_write_done, CKPT_REGION_IF_ZERO + CKPT_REGION_DEPTH
        row     .L\name\()_readers, .L\name\()_released, __ckpt_\name, \
                CKPT_REGION_WRITER + CKPT_REGION_FUTEX_BACK
        row     .L\name\()_write_depth, .L\name\()_write_depth, \
                .L\name\()_write_done, CKPT_REGION_DEPTH
        row     .L\name\()_write_done, .L\name\()_end - 1, \
                __ckpt_lock_region, CKPT_REGION_STAY
        end_door __ckpt_\name
        .endm

#endif
