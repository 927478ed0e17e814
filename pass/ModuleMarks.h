//===- ModuleMarks.h - What an instrumented module carries ------*- C++ -*-===//
//
// Three marks: a module flag for the next run of the pass, a note section for
// tools that look at objects, and a reference that makes the link fail where
// the runtime is of another version. Partner file: ckpt/abi.h.
//
//===----------------------------------------------------------------------===//

#ifndef CKPT_PASS_MODULEMARKS_H
#define CKPT_PASS_MODULEMARKS_H

namespace llvm {
class Module;
}

namespace ckpt {

/// True if all of the module has been through the pass.
bool isMarked(const llvm::Module &M);

void markModule(llvm::Module &M);

} // namespace ckpt

#endif
