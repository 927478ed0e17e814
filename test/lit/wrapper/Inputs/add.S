  .text
  .globl add
  .type add, @function
add:
  lea (%rdi,%rsi), %eax
  ret
  .section .note.GNU-stack, "", @progbits
