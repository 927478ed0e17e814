/* The version that instrumented objects ask for. */
#include <cet.h>
#include <ckpt/abi.h>

  .section .rodata
  .globl CKPT_ABI_SYMBOL
  .hidden CKPT_ABI_SYMBOL
  .type CKPT_ABI_SYMBOL, @object
CKPT_ABI_SYMBOL:
  .byte CKPT_ABI_VERSION
  .size CKPT_ABI_SYMBOL, 1

  .section .note.GNU-stack, "", @progbits
