// call_number.h - which system call the code in front of a `syscall`
// instruction makes: behind an interrupted call the kernel has put its result
// where the number was. In handlers and with the world stopped; no call out but
// raw ones.

#ifndef CKPT_SYS_X86_64_CALL_NUMBER_H
#define CKPT_SYS_X86_64_CALL_NUMBER_H

#include <ucontext.h>

namespace ckpt::sys {

// The number that the straight line of code before `instruction` puts into rax,
// or -1 if that cannot be told. `frame` is the thread's, on the instruction or
// behind it: the number may come from another register or from the stack, which
// a system call leaves alone.
//
// Code is read backwards, where x86 has no unique reading: a place counts as
// the one that loads the number if from there on only instructions follow that
// are known here, that leave rax and the number's source alone, and that end
// exactly at `instruction`.
long NumberLoadedBefore(const unsigned char* instruction,
                        const ucontext_t* frame);

}  // namespace ckpt::sys

#endif
