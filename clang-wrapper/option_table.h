// option_table.h - the few things to know about clang's options.

#ifndef CKPT_CLANG_WRAPPER_OPTION_TABLE_H_
#define CKPT_CLANG_WRAPPER_OPTION_TABLE_H_

#include <string_view>

namespace ckpt::wrapper {

// The next argument is the option's value, not an input.
bool TakesNextArgument(std::string_view option);

// clang answers and does nothing else (--version, -print-...).
bool IsQuery(std::string_view option);

// Ends before code is generated (-E, -M, -fsyntax-only, ...).
bool StopsBeforeCodeGeneration(std::string_view option);

// Why a program built with this option runs without checkpointing: the C
// library, its start files or its names are not what the runtime stands on.
bool LeavesHostedC(std::string_view option);

// Whether the checks of -fsanitize=<name> live in the program alone. Other
// sanitizers put interceptors of their own behind the C library's names, or own
// the address space.
bool IsHarmlessSanitizer(std::string_view name);

// Whether programs for this target triple run on the runtime.
bool IsSupportedTarget(std::string_view triple);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_OPTION_TABLE_H_
