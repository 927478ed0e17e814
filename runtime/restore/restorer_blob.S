// restorer_blob.S - the linked restorer as read-only data (CKPT_RESTORER_BLOB is
// its path).

        .section .rodata.ckpt_restorer, "a", @progbits
        .globl  __ckpt_restorer_start
        .hidden __ckpt_restorer_start
        .globl  __ckpt_restorer_end
        .hidden __ckpt_restorer_end
        .p2align 12
__ckpt_restorer_start:
        .incbin CKPT_RESTORER_BLOB
__ckpt_restorer_end:
        .byte   0

        .section .note.GNU-stack, "", @progbits
