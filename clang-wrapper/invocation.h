// invocation.h - what a compiler command is going to do.
//
// Reads the arguments as clang's driver would, as far as that decides what to
// add to them. Partner file: command.cpp, which adds it.

#ifndef CKPT_CLANG_WRAPPER_INVOCATION_H_
#define CKPT_CLANG_WRAPPER_INVOCATION_H_

#include <string>
#include <vector>

namespace ckpt::wrapper {

enum class LinkKind {
  kNone,              // Nothing is linked.
  kExecutable,        // With the dynamic loader.
  kStaticExecutable,  // -static, -static-pie.
  kSharedLibrary,
  kRelocatable,  // -r: the result will be linked again.
};

struct Invocation {
  bool preprocesses = false;    // Some input may include <checkpoint.h>.
  bool generates_code = false;  // Some input goes through LLVM.
  LinkKind link = LinkKind::kNone;

  bool gold = false;  // The linker lacks --export-dynamic-symbol-list.
  bool foreign_target = false;  // Our archives do not fit.
  bool verbose = false;         // -v
  // Why checkpointing is off, in the words of the command; empty if it is on.
  std::string off_reason;

  std::vector<std::string> objects;  // Objects and archives to link, by path.
};

// args: without the program's name, response files expanded.
Invocation Analyze(const std::vector<std::string>& args);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_INVOCATION_H_
