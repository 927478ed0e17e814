// command.h - what is added to a compiler command, and where.

#ifndef CKPT_CLANG_WRAPPER_COMMAND_H_
#define CKPT_CLANG_WRAPPER_COMMAND_H_

#include <string>
#include <vector>

#include "invocation.h"
#include "parts.h"

namespace ckpt::wrapper {

// For the compiler. Nothing here may draw a warning: configure scripts probe
// with -Werror.
std::vector<std::string> CompileArguments(const Invocation& invocation,
                                          const Parts& parts);

// For the linker: the exported names and what pulls the runtime in.
std::vector<std::string> LinkOptions(const Invocation& invocation,
                                     const Parts& parts);

// The archive to link after all objects; empty if none is.
std::string LinkArchive(const Invocation& invocation, const Parts& parts);

// The user's arguments, as they were written, and ours. expanded: the same with
// response files replaced by their words.
std::vector<std::string> BuildCommand(const std::vector<std::string>& args,
                                      const std::vector<std::string>& expanded,
                                      const Invocation& invocation,
                                      const Parts& parts);

// A file that the command needs and that is not there; empty if all are.
std::string MissingPart(const Invocation& invocation, const Parts& parts);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_COMMAND_H_
