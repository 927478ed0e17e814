// syscall.h - the raw system call, x86_64.
// Header-only; safe everywhere, the restorer included. Never touches errno.
//
//   rax  number, then the result (-4095..-1 is -errno)
//   rdi rsi rdx r10 r8 r9  arguments 1 to 6
//   rcx r11  destroyed by the kernel (return address, flags)

#ifndef CKPT_SYS_X86_64_SYSCALL_H
#define CKPT_SYS_X86_64_SYSCALL_H

#include <asm/unistd.h>
#include <stdint.h>

#include "base/types.h"

namespace ckpt::sys {

inline long Syscall6(long number, long a, long b, long c, long d, long e,
                     long f) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

template <typename T>
inline long SyscallArgument(T value) {
  return (long)value;
}

// The kernel's answer as it is: a value or -errno.
template <typename... Args>
inline long Raw(long number, Args... args) {
  static_assert(sizeof...(args) <= 6);
  const long a[6] = {SyscallArgument(args)...};
  return Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

inline bool IsError(long result) {
  return static_cast<unsigned long>(result) > -4096ul;
}

// The one place where the kernel's convention becomes a Result.
inline Result<long> Call(long result) {
  return IsError(result) ? Result<long>::Error(static_cast<int>(-result))
                         : Result<long>::Ok(result);
}

}  // namespace ckpt::sys

#endif
