// check.h - invariants. A bug of the runtime ends the program with one line;
// what the environment can do wrong returns a Result instead. Safe everywhere
// but in the restorer.

#ifndef CKPT_BASE_CHECK_H
#define CKPT_BASE_CHECK_H

namespace ckpt {

// Writes `ckpt: internal error: <what>` and ends the process with exit code
// 125. Defined in core/message.cpp.
[[noreturn]] void CheckFailed(const char* what);

}  // namespace ckpt

#define CKPT_CHECK(condition, what)                     \
  do {                                                  \
    if (__builtin_expect(!(condition), 0)) {            \
      ::ckpt::CheckFailed(what);                        \
    }                                                   \
  } while (0)

#endif
