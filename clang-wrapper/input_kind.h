// input_kind.h - what the compiler driver will do with an input file.

#ifndef CKPT_CLANG_WRAPPER_INPUT_KIND_H_
#define CKPT_CLANG_WRAPPER_INPUT_KIND_H_

#include <string_view>

namespace ckpt::wrapper {

struct InputKind {
  bool preprocessed = false;  // #include lines are followed.
  bool through_llvm = false;  // The pass sees it.
  bool linked = true;         // Its object goes into a link.
  bool object = false;        // Goes to the linker as it is.
};

// language: the argument of the last -x, empty if none. path: "-" is stdin.
InputKind ClassifyInput(std::string_view language, std::string_view path);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_INPUT_KIND_H_
