//===- CkptPass.h - Sends calls through the checkpoint runtime --*- C++ -*-===//
//
// What the pass does to a module, in order:
//   1. nothing, with a missed remark, if the runtime cannot serve it (another
//      target, a sanitizer);
//   2. every use of a hooked function that the module only declares becomes a
//      use of the hook, except inside functions marked
//      CHECKPOINT_NO_INSTRUMENT (CkptPass.cpp);
//   3. main starts with a call of the runtime (MainInit);
//   4. the module is marked as done and tied to the runtime's version
//      (ModuleMarks).
//
// Ground rule: running it again changes nothing, also where the first run's
// marks were weakened by linking with modules that it has not seen.
//
//===----------------------------------------------------------------------===//

#ifndef CKPT_PASS_CKPTPASS_H
#define CKPT_PASS_CKPTPASS_H

#include "llvm/IR/PassManager.h"

namespace ckpt {

/// Name in -passes= and in -Rpass= alike.
inline constexpr char PassName[] = "ckpt";

class CkptPass : public llvm::PassInfoMixin<CkptPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);

  /// Also at -O0 and in optnone functions: this is no optimisation.
  static bool isRequired() { return true; }
};

} // namespace ckpt

#endif
