// parts.h - where the compiler and ckpt's own files are.

#ifndef CKPT_CLANG_WRAPPER_PARTS_H_
#define CKPT_CLANG_WRAPPER_PARTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace ckpt::wrapper {

// Absolute paths, found relative to the running program: the build tree and an
// installed copy are laid out alike, and both may be moved.
struct Parts {
  std::string pass;
  std::string library;         // For executables.
  std::string static_library;  // For -static.
  std::string stub_library;  // For everything that is not checkpointed itself.
  std::string exports;       // Names a dynamic executable exports.
  std::string wrap;          // --wrap options of a static one.
  // Holds checkpoint.h and nothing else: in the common include directory a
  // configure script could find what clang alone would not.
  std::string include_dir;
};

Parts LocateParts();

struct Compiler {
  std::string wanted;  // As it was chosen: a name, or a path.
  std::string path;    // Empty if there is no such program.
  // Before all other arguments; --driver-mode=g++ where only a C compiler is
  // known.
  std::vector<std::string> arguments;
};

// By CKPT_CC and CKPT_CXX, else LLVM 19's. Never this program again, whatever
// names it goes by in PATH.
Compiler LocateCompiler(bool cxx);

// "name: error: ..." on standard error, exit 1: what compilers do.
[[noreturn]] void Fail(std::string_view program, const std::string& message);

bool Exists(const std::string& path);

// A variable that is set to something other than "" or "0".
bool EnvironmentSays(const char* variable);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_PARTS_H_
