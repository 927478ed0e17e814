// mutex_x86_64.S - doors of the mutex calls for mutexes that only need a word
// changed: normal, recursive and error-checking ones, private, not contended;
// and, by hooks/rwlock_x86_64.h, those of the read-write locks. Everything else
// goes on to hooks/locks.cpp and rwlocks.cpp, which ask the C library.
//
// What is done to the mutex is what glibc does (nptl/pthread_mutex_lock.c), so
// that its own functions, and code that no hook covers, work on the same one;
// hooks/mutex_protocol.cpp has made sure of that, or everything goes on.
//
// A signal may find a thread anywhere in here. A table (below each piece of
// code) says for every instruction how track::LeaveLockRegion takes the thread
// out: to the door's first instruction, what has happened undone, or on to the
// end. So no handler sees a mutex that is locked and not in the thread's table,
// or the other way round, and no thread keeps its id in a register over a
// restart. Behind the exchange that unlocks the mutex may be gone: only its
// address is used.
//
//   rdi  the mutex, all through
//   r8   track::Slot*
//   ecx  the new depth of the thread's table
//   edx  the thread's id (to lock)
//   eax, esi, r9 scratch
//
// Stores come behind the locked instruction where they can: it waits for those
// before it.

#include "track/lock_region.h"

#define SLOT            _ZN4ckpt5track6t_slotE
#define NO_ELISION      512
#define RECURSIVE       1
#define ERRORCHECK      2
#define EBUSY           16
#define THRD_BUSY       1
#define WORD            CKPT_MUTEX_WORD(%rdi)
#define COUNT           CKPT_MUTEX_COUNT(%rdi)
#define OWNER           CKPT_MUTEX_OWNER(%rdi)
#define USERS           CKPT_MUTEX_USERS(%rdi)
#define DEPTH           CKPT_SLOT_LOCK_DEPTH(%r8)

// Instruction pointers from `first` to `last`, both included.
        .macro row first, last, target, what
        .pushsection .rodata, "a", @progbits
        .long   \first - __ckpt_lock_region
        .long   \last - __ckpt_lock_region
        .long   \target - __ckpt_lock_region
        .long   \what
        .popsection
        .endm

        .macro door name
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 5
\name:
        .cfi_startproc
        .endm

// Where no other row applies nothing has happened yet.
        .macro end_door name
.L\name\()_end:
        .cfi_endproc
        .size   \name, .-\name
        row     \name, .L\name\()_end - 1, \name, 0
        .endm

// The kind into eax, the slot into r8; to `other` if it is not a normal mutex.
        .macro look other, slow
        movl    CKPT_MUTEX_KIND(%rdi), %eax
        movq    %fs:SLOT@tpoff, %r8
        orl     __ckpt_foreign_mutexes(%rip), %eax
        testq   %r8, %r8
        je      \slow
        testl   $~NO_ELISION, %eax
        jne     \other
        .endm

// Takes the lock; to `busy` if it is another's. `name`: of the labels.
        .macro take name, slow, busy, recursive
        movl    DEPTH, %esi
        movl    CKPT_SLOT_TID(%r8), %edx
        cmpl    $CKPT_INLINE_LOCKS, %esi
        jae     \slow
        leal    1(%rsi), %ecx
        movl    $1, %esi
        xorl    %eax, %eax
        movq    __libc_single_threaded@GOTPCREL(%rip), %r9
        cmpb    $0, (%r9)
        jne     .L\name\()_single
        lock cmpxchgl %esi, WORD
.L\name\()_asked:
        jne     \busy
.L\name\()_owner:
        movl    %edx, OWNER
        .if \recursive
.L\name\()_count:
        movl    $1, COUNT
        .endif
.L\name\()_users:
        incl    USERS
.L\name\()_push:
        movq    %rdi, CKPT_SLOT_LOCKS - 8(%r8,%rcx,8)
        movl    %ecx, DEPTH
.L\name\()_done:
        xorl    %eax, %eax
        ret
.L\name\()_single:
        cmpl    $0, WORD
        jne     \busy
        movl    %esi, WORD
.L\name\()_single_asked:
        jmp     .L\name\()_owner

        .set    .L\name\()_all, CKPT_REGION_OWNER + CKPT_REGION_USERS + \
                CKPT_REGION_PUSH + CKPT_REGION_COUNT_ONE * \recursive
        row     .L\name\()_asked, .L\name\()_asked, .L\name\()_done, \
                CKPT_REGION_IF_ZERO + .L\name\()_all
        row     .L\name\()_owner, .L\name\()_owner, .L\name\()_done, \
                .L\name\()_all
        row     .L\name\()_single_asked, .L\name\()_single_asked, \
                .L\name\()_done, .L\name\()_all
        .if \recursive
        row     .L\name\()_count, .L\name\()_count, .L\name\()_done, \
                CKPT_REGION_COUNT_ONE + CKPT_REGION_USERS + CKPT_REGION_PUSH
        .endif
        row     .L\name\()_users, .L\name\()_users, .L\name\()_done, \
                CKPT_REGION_USERS + CKPT_REGION_PUSH
        row     .L\name\()_push, .L\name\()_done - 1, .L\name\()_done, \
                CKPT_REGION_PUSH
        row     .L\name\()_done, .L\name\()_single - 1, __ckpt_lock_region, \
                CKPT_REGION_STAY
        .endm

// A recursive mutex that is the thread's: once more.
        .macro take_again name, slow
        movl    DEPTH, %esi
        movl    COUNT, %eax
        cmpl    $CKPT_INLINE_LOCKS, %esi
        jae     \slow
        leal    1(%rsi), %ecx
        incl    %eax
        je      \slow                   // EAGAIN
        movl    %eax, COUNT
.L\name\()_push:
        movq    %rdi, CKPT_SLOT_LOCKS - 8(%r8,%rcx,8)
        movl    %ecx, DEPTH
.L\name\()_done:
        xorl    %eax, %eax
        ret
.L\name\()_end:
        row     .L\name\()_push, .L\name\()_done - 1, .L\name\()_done, \
                CKPT_REGION_PUSH
        row     .L\name\()_done, .L\name\()_end - 1, __ckpt_lock_region, \
                CKPT_REGION_STAY
        .endm

// The newest lock of the thread's table: its place into ecx, which is the new
// depth. To `older` if it is another one.
        .macro find slow, older
        movl    DEPTH, %ecx
        subl    $1, %ecx
        cmpl    $CKPT_INLINE_LOCKS, %ecx
        jae     \slow
        cmpq    %rdi, CKPT_SLOT_LOCKS(%r8,%rcx,8)
        jne     \older
        .endm

// The one before it, behind `find`: locks are also given up hand over hand.
        .macro find_second slow
        testl   %ecx, %ecx
        je      \slow
        cmpq    %rdi, CKPT_SLOT_LOCKS - 8(%r8,%rcx,8)
        jne     \slow
        .endm

// The new depth into the table; the newest lock takes the place of the one
// before it.
        .macro shorten second
        .if \second
        movq    CKPT_SLOT_LOCKS(%r8,%rcx,8), %r9
        movq    %r9, CKPT_SLOT_LOCKS - 8(%r8,%rcx,8)
        .endif
        movl    %ecx, DEPTH
        .endm

// Gives the lock up that has been found. `entry`: the door; `counted`: the
// count of a recursive one has gone to 0; `second`: it is not the newest.
        .macro give name, entry, counted, second=0
.L\name\()_owner:
        movl    $0, OWNER
.L\name\()_users:
        decl    USERS
.L\name\()_word:
        xorl    %eax, %eax
        movq    __libc_single_threaded@GOTPCREL(%rip), %r9
        cmpb    $0, (%r9)
        jne     .L\name\()_single
.L\name\()_last:
        xchgl   %eax, WORD
.L\name\()_depth:
        shorten \second
.L\name\()_done:
        cmpl    $1, %eax
        jg      .L\name\()_wake
        xorl    %eax, %eax
        ret
.L\name\()_wake:
        movl    $202, %eax              // futex
        movl    $129, %esi              // FUTEX_WAKE | FUTEX_PRIVATE_FLAG
        movl    $1, %edx
        syscall
        xorl    %eax, %eax
        ret
.L\name\()_single:
        movl    %eax, WORD
.L\name\()_single_depth:
        shorten \second
.L\name\()_single_done:
        ret                             // with 0
.L\name\()_end:
        .set    .L\name\()_up, CKPT_REGION_COUNT_UP * \counted
        .if \counted
        row     .L\name\()_owner, .L\name\()_owner, \entry, \
                .L\name\()_up
        .endif
        row     .L\name\()_users, .L\name\()_users, \entry, \
                CKPT_REGION_OWNER + .L\name\()_up
        row     .L\name\()_word, .L\name\()_last, \entry, \
                CKPT_REGION_OWNER + CKPT_REGION_USERS + .L\name\()_up
        row     .L\name\()_single, .L\name\()_single, \entry, \
                CKPT_REGION_OWNER + CKPT_REGION_USERS + .L\name\()_up
        .set    .L\name\()_short, CKPT_REGION_DEPTH + \
                CKPT_REGION_SECOND * \second
        row     .L\name\()_depth, .L\name\()_done - 1, .L\name\()_done, \
                .L\name\()_short
        row     .L\name\()_single_depth, .L\name\()_single_done - 1, \
                .L\name\()_single_done, .L\name\()_short
        row     .L\name\()_done, .L\name\()_single - 1, \
                __ckpt_lock_region, CKPT_REGION_STAY
        row     .L\name\()_single_done, .L\name\()_end - 1, \
                __ckpt_lock_region, CKPT_REGION_STAY
        .endm

        .macro lock_door name, slow
        door    __ckpt_\name
        look    .L\name\()_other, \slow
        take    \name, \slow, \slow, 0
.L\name\()_other:
        movl    CKPT_SLOT_TID(%r8), %edx
        andl    $~NO_ELISION, %eax
        cmpl    $RECURSIVE, %eax
        jne     .L\name\()_checking
        cmpl    %edx, OWNER
        je      .L\name\()_again
        take    \name\()_recursive, \slow, \slow, 1
.L\name\()_again:
        take_again \name\()_again, \slow
.L\name\()_checking:
        cmpl    $ERRORCHECK, %eax
        jne     \slow
        cmpl    %edx, OWNER
        je      \slow                   // EDEADLK
        take    \name\()_checking, \slow, \slow, 0
        end_door __ckpt_\name
        .endm

        .macro trylock_door name, slow, busy
        door    __ckpt_\name
        look    .L\name\()_other, \slow
        take    \name, \slow, .L\name\()_busy, 0
.L\name\()_busy:
        movl    $\busy, %eax
        ret
.L\name\()_other:
        movl    CKPT_SLOT_TID(%r8), %edx
        andl    $~NO_ELISION, %eax
        cmpl    $RECURSIVE, %eax
        jne     .L\name\()_checking
        cmpl    %edx, OWNER
        je      .L\name\()_again
        take    \name\()_recursive, \slow, .L\name\()_busy, 1
.L\name\()_again:
        take_again \name\()_again, \slow
.L\name\()_checking:
        cmpl    $ERRORCHECK, %eax
        jne     \slow
        take    \name\()_checking, \slow, .L\name\()_busy, 0
        end_door __ckpt_\name
        .endm

        .macro unlock_door name, slow
        door    __ckpt_\name
        look    .L\name\()_other, \slow
        find    \slow, .L\name\()_older
        give    \name, __ckpt_\name, 0
.L\name\()_older:
        find_second \slow
        give    \name\()_second, __ckpt_\name, 0, 1
.L\name\()_other:
        movl    CKPT_SLOT_TID(%r8), %edx
        cmpl    %edx, OWNER
        jne     \slow                   // EPERM
        andl    $~NO_ELISION, %eax
        cmpl    $RECURSIVE, %eax
        jne     .L\name\()_checking_kind
        find    \slow, \slow
        decl    COUNT
.L\name\()_fewer:
        je      .L\name\()_counted_owner
.L\name\()_fewer_last:
        movl    %ecx, DEPTH
.L\name\()_fewer_done:
        xorl    %eax, %eax
        ret
        row     .L\name\()_fewer, .L\name\()_fewer_last, __ckpt_\name, \
                CKPT_REGION_COUNT_UP
        row     .L\name\()_fewer_done, .L\name\()_counted_owner - 1, \
                __ckpt_lock_region, CKPT_REGION_STAY
        give    \name\()_counted, __ckpt_\name, 1
.L\name\()_checking_kind:
        cmpl    $ERRORCHECK, %eax
        jne     \slow
        cmpl    $0, WORD
        je      \slow                   // EPERM
        find    \slow, \slow
        give    \name\()_checking, __ckpt_\name, 0
        end_door __ckpt_\name
        .endm

#include "hooks/rwlock_x86_64.h"

        .pushsection .rodata, "a", @progbits
        .globl  __ckpt_lock_rows
        .hidden __ckpt_lock_rows
        .p2align 2
__ckpt_lock_rows:
        .popsection

        .text
        .globl  __ckpt_lock_region
        .hidden __ckpt_lock_region
        .p2align 5
__ckpt_lock_region:
        lock_door pthread_mutex_lock, __ckpt_ask_mutex_lock
        trylock_door pthread_mutex_trylock, __ckpt_ask_mutex_trylock, EBUSY
        unlock_door pthread_mutex_unlock, __ckpt_ask_mutex_unlock
        lock_door mtx_lock, __ckpt_ask_mtx_lock
        trylock_door mtx_trylock, __ckpt_ask_mtx_trylock, THRD_BUSY
        unlock_door mtx_unlock, __ckpt_ask_mtx_unlock
        rdlock_door pthread_rwlock_rdlock, __ckpt_ask_rwlock_rdlock
        rdlock_door pthread_rwlock_tryrdlock, __ckpt_ask_rwlock_tryrdlock
        wrlock_door pthread_rwlock_wrlock, __ckpt_ask_rwlock_wrlock
        wrlock_door pthread_rwlock_trywrlock, __ckpt_ask_rwlock_trywrlock
        rw_unlock_door pthread_rwlock_unlock, __ckpt_ask_rwlock_unlock
        .globl  __ckpt_lock_region_end
        .hidden __ckpt_lock_region_end
__ckpt_lock_region_end:

        .pushsection .rodata, "a", @progbits
        .globl  __ckpt_lock_rows_end
        .hidden __ckpt_lock_rows_end
__ckpt_lock_rows_end:
        .popsection

        .section .note.GNU-stack, "", @progbits
