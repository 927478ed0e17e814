//===- Remarks.h - What the pass tells the user -----------------*- C++ -*-===//
//
// -Rpass=ckpt names every rewritten use, -Rpass-missed=ckpt everything that
// cannot be carried over a restart. Costs nothing where nobody asked.
//
//===----------------------------------------------------------------------===//

#ifndef CKPT_PASS_REMARKS_H
#define CKPT_PASS_REMARKS_H

#include "HookTable.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Module.h"

namespace llvm {
class CallBase;
}

namespace ckpt {

/// Functions that the pass does not touch.
using FunctionSet = llvm::SmallPtrSet<const llvm::Function *, 8>;

class Remarks {
public:
  /// Both must outlive this object.
  Remarks(const llvm::Module &M, const FunctionSet &LeftAlone);

  /// Names the uses of \p F, whose row is \p Row. Call it before they change.
  void aboutUses(const llvm::Function &F, const HookRow &Row) const;

  /// Names the system call instructions in inline assembly.
  void aboutRawSystemCalls(const llvm::Module &M) const;

  /// Says why nothing at all is done to the module.
  static void aboutModule(const llvm::Module &M, llvm::StringRef Reason);

private:
  void aboutUse(const llvm::Use &U, const HookRow &Row) const;
  void aboutInitialValue(const llvm::GlobalVariable &GV,
                         const HookRow &Row) const;

  const llvm::Module &M;
  const FunctionSet &LeftAlone;
  const bool Enabled;
};

} // namespace ckpt

#endif
