// print_flags.h - ckpt-cc --print-cflags, --print-ldflags.

#ifndef CKPT_CLANG_WRAPPER_PRINT_FLAGS_H_
#define CKPT_CLANG_WRAPPER_PRINT_FLAGS_H_

#include <optional>
#include <string>
#include <vector>

#include "parts.h"

namespace ckpt::wrapper {

// The line to print if the arguments ask for it. For builds that
// cannot use a wrapper: the words are quoted for a shell.
std::optional<std::string> FlagsAskedFor(const std::vector<std::string>& args,
                                         const Parts& parts);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_PRINT_FLAGS_H_
