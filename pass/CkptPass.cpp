//===- CkptPass.cpp - Sends calls through the checkpoint runtime ----------===//
//
// The rewriting of uses. All uses of a hooked declaration move to its hook,
// wherever they are (calls, stored addresses, initial values of globals); then
// the functions that asked to be left alone get the original back. Partner
// files: runtime/include/ckpt/hooks.def, ckpt/abi.h.
//
//===----------------------------------------------------------------------===//

#include "CkptPass.h"

#include "HookTable.h"
#include "MainInit.h"
#include "ModuleMarks.h"
#include "Remarks.h"
#include "ckpt/abi.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace ckpt {

/// Why the runtime cannot serve this module; empty if it can.
static StringRef findUnsupported(const Module &M) {
  Triple T(M.getTargetTriple());
  if (T.getArch() != Triple::x86_64 || !T.isOSLinux() || T.isX32())
    return "checkpointing is for x86_64 Linux only";
  for (const Function &F : M)
    for (Attribute::AttrKind Kind :
         {Attribute::SanitizeAddress, Attribute::SanitizeHWAddress,
          Attribute::SanitizeMemory, Attribute::SanitizeThread})
      if (F.hasFnAttribute(Kind))
        return "checkpointing is off in code built with a sanitizer";
  return "";
}

/// The functions of the module marked CHECKPOINT_NO_INSTRUMENT.
static FunctionSet findLeftAlone(const Module &M) {
  FunctionSet LeftAlone;
  const GlobalVariable *GV = M.getNamedGlobal("llvm.global.annotations");
  if (!GV || !GV->hasInitializer())
    return LeftAlone;
  const auto *Entries = dyn_cast<ConstantArray>(GV->getInitializer());
  if (!Entries)
    return LeftAlone;
  for (const Use &Entry : Entries->operands()) {
    const auto *Fields = cast<ConstantStruct>(Entry);
    const auto *Annotated =
        dyn_cast<Function>(Fields->getOperand(0)->stripPointerCasts());
    const auto *Text =
        dyn_cast<GlobalVariable>(Fields->getOperand(1)->stripPointerCasts());
    if (!Annotated || !Text || !Text->hasInitializer())
      continue;
    const auto *Chars =
        dyn_cast<ConstantDataSequential>(Text->getInitializer());
    if (Chars && Chars->isCString() &&
        Chars->getAsCString() == CKPT_NO_INSTRUMENT_ANNOTATION)
      LeftAlone.insert(Annotated);
  }
  return LeftAlone;
}

/// The hook for \p F, declared as \p F is. A weak reference stays weak, so that
/// a program asking whether the function is there gets an honest answer.
static Function *declareHook(Function &F, const HookRow &Row) {
  Module &M = *F.getParent();
  auto Linkage = F.hasExternalWeakLinkage() ? GlobalValue::ExternalWeakLinkage
                                            : GlobalValue::ExternalLinkage;
  if (Function *Hook = M.getFunction(Row.Hook)) {
    // Two declarations of one symbol (plain and as an assembler label): one
    // strong reference is enough.
    if (Hook->hasExternalWeakLinkage())
      Hook->setLinkage(Linkage);
    return Hook;
  }
  Function *Hook = Function::Create(F.getFunctionType(), Linkage,
                                    F.getAddressSpace(), Row.Hook, &M);
  if (F.isDeclaration()) {
    Hook->copyAttributesFrom(&F);
    Hook->copyMetadata(&F, 0);
    return Hook;
  }
  // An inline definition says things about its body (always_inline) that are
  // wrong for a declaration.
  Hook->setCallingConv(F.getCallingConv());
  Hook->setDSOLocal(F.isDSOLocal());
  Hook->setAttributes(F.getAttributes().removeFnAttributes(F.getContext()));
  return Hook;
}

/// True if \p U calls an inline definition that is certain to be inlined, as
/// the C library's fortified headers have them: the checks in its body are the
/// program's wish, and what the body calls is hooked in its own right. A call
/// from inside the body means the function in the C library.
static bool callsInlineWrapper(const Use &U, const Function &F) {
  const auto *Call = dyn_cast<CallBase>(U.getUser());
  return !F.isDeclaration() && F.hasFnAttribute(Attribute::AlwaysInline) &&
         !F.isVarArg() && Call && Call->isCallee(&U) &&
         Call->getFunction() != &F;
}

/// Gives the functions in \p LeftAlone the originals back.
static void restoreOriginals(const FunctionSet &LeftAlone,
                             ValueToValueMapTy &Originals) {
  for (const Function *F : LeftAlone)
    for (Instruction &I : instructions(const_cast<Function &>(*F)))
      for (Use &U : I.operands())
        if (auto *C = dyn_cast<Constant>(U))
          U.set(MapValue(C, Originals));
}

static void rewriteUses(Module &M, const FunctionSet &LeftAlone) {
  Remarks Speak(M, LeftAlone);
  SmallVector<std::pair<Function *, const HookRow *>> Found;
  for (Function &F : M) {
    // A definition is the program's own function that happens to have the name.
    if (!F.isDeclarationForLinker())
      continue;
    const HookRow *Row = findHookRow(F.getName());
    if (!Row)
      continue;
    if (Row->isHooked())
      Found.push_back({&F, Row});
    Speak.aboutUses(F, *Row);
  }
  Speak.aboutRawSystemCalls(M);

  ValueToValueMapTy Originals;
  for (auto [F, Row] : Found) {
    Function *Hook = declareHook(*F, *Row);
    F->replaceUsesWithIf(
        Hook, [F = F](Use &U) { return !callsInlineWrapper(U, *F); });
    Originals[Hook] = F;
  }
  restoreOriginals(LeftAlone, Originals);

  for (auto [F, Row] : Found) {
    F->removeDeadConstantUsers();
    if (F->isDeclaration() && F->use_empty() && !F->isUsedByMetadata())
      F->eraseFromParent();
    Function *Hook = M.getFunction(Row->Hook);
    if (!Hook)
      continue;
    Hook->removeDeadConstantUsers();
    if (Hook->use_empty())
      Hook->eraseFromParent();
  }
}

PreservedAnalyses CkptPass::run(Module &M, ModuleAnalysisManager &) {
  if (isMarked(M))
    return PreservedAnalyses::all();
  if (StringRef Reason = findUnsupported(M); !Reason.empty()) {
    Remarks::aboutModule(M, Reason);
    return PreservedAnalyses::all();
  }
  FunctionSet LeftAlone = findLeftAlone(M);
  rewriteUses(M, LeftAlone);
  insertMainInit(M, LeftAlone);
  markModule(M);
  return PreservedAnalyses::none();
}

} // namespace ckpt
