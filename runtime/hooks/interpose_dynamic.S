// interpose_dynamic.S - weak definitions of the hooked names, which the
// executable exports: code that the pass did not see (shared libraries) reaches
// the hooks through them. A program's own definition is stronger and wins.

#define CKPT_HOOK(group, name)  .hidden __ckpt_##name;
#include "ckpt/hooks.def"

        .text
#define CKPT_HOOK(group, name)                  \
        .weak   name                           ;\
        .type   name, @function                ;\
        .p2align 4                             ;\
name:                                          ;\
.Linterpose_##name:                            ;\
        jmp     __ckpt_##name                  ;\
        .size   name, .-name                   ;
#include "ckpt/hooks.def"

// For libc_dynamic.cpp: what a name was linked to, and the interposer above.
        .section .data.rel.ro, "aw", @progbits
        .globl  __ckpt_linked
        .hidden __ckpt_linked
        .type   __ckpt_linked, @object
        .p2align 3
__ckpt_linked:
#define CKPT_HOOK(group, name)                  \
        .quad   name                           ;\
        .quad   .Linterpose_##name             ;
#include "ckpt/hooks.def"
        .size   __ckpt_linked, .-__ckpt_linked

        .section .note.GNU-stack, "", @progbits
