// interpose_static.S - what `--wrap=NAME` makes of references in a static link:
// every one of them reaches the hook, and __real_NAME is the C library's (or the
// program's own) function, which fills the table of real pointers at link time.

#define CKPT_HOOK(group, name)  .hidden __ckpt_##name;
#include "ckpt/hooks.def"

        .text
#define CKPT_HOOK(group, name)                  \
        .globl  __wrap_##name                  ;\
        .type   __wrap_##name, @function       ;\
        .p2align 4                             ;\
__wrap_##name:                                 ;\
        jmp     __ckpt_##name                  ;\
        .size   __wrap_##name, .-__wrap_##name ;
#include "ckpt/hooks.def"

        .section .data.rel.ro, "aw", @progbits
        .globl  __ckpt_static_libc
        .hidden __ckpt_static_libc
        .type   __ckpt_static_libc, @object
        .p2align 3
__ckpt_static_libc:
#define CKPT_HOOK(group, name)                  \
        .quad   __real_##name                  ;
#include "ckpt/hooks.def"
        .size   __ckpt_static_libc, .-__ckpt_static_libc

        .section .note.GNU-stack, "", @progbits
