//===- Remarks.cpp - What the pass tells the user -------------------------===//

#include "Remarks.h"

#include "CkptPass.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"

using namespace llvm;

namespace ckpt {

static bool isAsked(const Module &M) {
  LLVMContext &Context = M.getContext();
  return Context.getLLVMRemarkStreamer() ||
         Context.getDiagHandlerPtr()->isAnyRemarkEnabled(PassName);
}

/// The function to which a remark about the whole module is attached, or null.
static const Function *getFirstFunction(const Module &M) {
  auto It = find_if(M, [](const Function &F) { return !F.isDeclaration(); });
  return It == M.end() ? nullptr : &*It;
}

Remarks::Remarks(const Module &M, const FunctionSet &LeftAlone)
    : M(M), LeftAlone(LeftAlone), Enabled(isAsked(M)) {}

/// Visits the uses of \p V by instructions and initial values, looking through
/// constants that are made of it.
static void forEachUse(const Value &V, function_ref<void(const Use &)> Visit) {
  for (const Use &U : V.uses()) {
    const User *By = U.getUser();
    if (isa<Constant>(By) && !isa<GlobalValue>(By))
      forEachUse(*By, Visit);
    else
      Visit(U);
  }
}

void Remarks::aboutUses(const Function &F, const HookRow &Row) const {
  if (Enabled)
    forEachUse(F, [&](const Use &U) { aboutUse(U, Row); });
}

void Remarks::aboutUse(const Use &U, const HookRow &Row) const {
  if (const auto *GV = dyn_cast<GlobalVariable>(U.getUser()))
    return aboutInitialValue(*GV, Row);
  const auto *I = dyn_cast<Instruction>(U.getUser());
  if (!I || LeftAlone.contains(I->getFunction()))
    return;
  const auto *Call = dyn_cast<CallBase>(I);
  StringRef What = Call && Call->isCallee(&U) ? "call to " : "address of ";
  OptimizationRemarkEmitter ORE(I->getFunction());
  if (Row.isHooked())
    ORE.emit([&] {
      return OptimizationRemark(PassName, "Hooked", I)
             << What << ore::NV("Function", Row.Name)
             << " goes through the checkpoint runtime";
    });
  else
    ORE.emit([&] {
      return OptimizationRemarkMissed(PassName, "NotCarriedOver", I)
             << What << ore::NV("Function", Row.Name) << ": "
             << Row.MissedReason;
    });
}

/// A remark hangs on a function: the first one stands for the file.
void Remarks::aboutInitialValue(const GlobalVariable &GV,
                                const HookRow &Row) const {
  const Function *F = getFirstFunction(M);
  if (!F || !Row.isHooked() || GV.getName().starts_with("llvm."))
    return;
  OptimizationRemarkEmitter(F).emit([&] {
    return OptimizationRemark(PassName, "Hooked", F)
           << "address of " << ore::NV("Function", Row.Name)
           << " in the initial value of " << ore::NV("Variable", GV.getName())
           << " goes through the checkpoint runtime";
  });
}

/// True if the assembly holds the instruction as a word of its own.
static bool hasSystemCall(StringRef Assembly) {
  while (!Assembly.empty()) {
    StringRef Word = Assembly.take_while(
        [](char C) { return isAlnum(C) || C == '_' || C == '.'; });
    if (Word == "syscall")
      return true;
    Assembly = Assembly.drop_front(std::max<size_t>(Word.size(), 1));
  }
  return false;
}

void Remarks::aboutRawSystemCalls(const Module &M) const {
  if (!Enabled)
    return;
  for (const Function &F : M) {
    if (LeftAlone.contains(&F))
      continue;
    for (const Instruction &I : instructions(F)) {
      const auto *Call = dyn_cast<CallBase>(&I);
      if (!Call || !Call->isInlineAsm())
        continue;
      const auto *Asm = cast<InlineAsm>(Call->getCalledOperand());
      if (hasSystemCall(Asm->getAsmString()))
        OptimizationRemarkEmitter(&F).emit([&] {
          return OptimizationRemarkMissed(PassName, "RawSystemCall", &I)
                 << "raw system call is not seen by the checkpoint runtime";
        });
    }
  }
}

void Remarks::aboutModule(const Module &M, StringRef Reason) {
  const Function *F = isAsked(M) ? getFirstFunction(M) : nullptr;
  if (!F)
    return;
  OptimizationRemarkEmitter(F).emit([&] {
    return OptimizationRemarkMissed(PassName, "NotInstrumented", F)
           << "file is not instrumented: " << Reason;
  });
}

} // namespace ckpt
