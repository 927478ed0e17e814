/* The call that the pass puts into main, where nothing is to be initialised: a
 * main in a shared library, or a program for which checkpointing is off. */
#include <cet.h>

  .text
  .globl __ckpt_main_init
  .hidden __ckpt_main_init
  .type __ckpt_main_init, @function
__ckpt_main_init:
  .cfi_startproc
  _CET_ENDBR
  ret
  .cfi_endproc
  .size __ckpt_main_init, . - __ckpt_main_init

  .section .note.GNU-stack, "", @progbits
