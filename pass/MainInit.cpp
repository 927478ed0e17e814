//===- MainInit.cpp - The first thing that main does ----------------------===//

#include "MainInit.h"

#include "ckpt/abi.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace ckpt {

/// The main that the C library starts, or null. In C++ it is not mangled, so
/// that one in a namespace has another name.
static Function *findMain(Module &M, const FunctionSet &LeftAlone) {
  Function *Main = M.getFunction("main");
  if (!Main || Main->isDeclarationForLinker() || Main->hasLocalLinkage() ||
      Main->hasFnAttribute(Attribute::Naked) || LeftAlone.contains(Main))
    return nullptr;
  return Main;
}

static bool isInitialised(const Function &Main) {
  const Function *Init = Main.getParent()->getFunction(CKPT_MAIN_INIT_NAME);
  return Init && any_of(Init->users(), [&Main](const User *U) {
           const auto *Call = dyn_cast<CallBase>(U);
           return Call && Call->getFunction() == &Main;
         });
}

static FunctionCallee declareInit(Module &M) {
  LLVMContext &Context = M.getContext();
  auto *Ptr = PointerType::getUnqual(Context);
  return M.getOrInsertFunction(CKPT_MAIN_INIT_NAME, Type::getVoidTy(Context),
                               Ptr, Ptr);
}

/// Code that no line of the program stands for: line 0 keeps a breakpoint on
/// main where it would be without us.
static DebugLoc getArtificialLocation(Function &Main) {
  DISubprogram *Subprogram = Main.getSubprogram();
  if (!Subprogram)
    return DebugLoc();
  return DILocation::get(Main.getContext(), 0, 0, Subprogram);
}

/// Moves argc into memory and all its uses to a value that \p Builder reloads
/// after \p insertCall has been given the address.
static void passByAddress(Argument &Argc, IRBuilder<> &Builder,
                          function_ref<void(Value *)> insertCall) {
  auto *Slot = Builder.CreateAlloca(Argc.getType(), nullptr, "ckpt.argc");
  auto *Store = Builder.CreateStore(&Argc, Slot);
  insertCall(Slot);
  auto *Reloaded = Builder.CreateLoad(Argc.getType(), Slot, "argc.reloaded");
  Argc.replaceAllUsesWith(Reloaded);
  Store->setOperand(0, &Argc);
}

void insertMainInit(Module &M, const FunctionSet &LeftAlone) {
  Function *Main = findMain(M, LeftAlone);
  if (!Main || isInitialised(*Main))
    return;
  // Before everything, also before debug records about the arguments: these
  // shall speak of the corrected values.
  BasicBlock &Entry = Main->getEntryBlock();
  IRBuilder<> Builder(&Entry, Entry.begin());
  Builder.SetCurrentDebugLocation(getArtificialLocation(*Main));
  FunctionCallee Init = declareInit(M);
  Value *Null = ConstantPointerNull::get(Builder.getPtrTy());

  bool HasArgc =
      Main->arg_size() >= 1 && Main->getArg(0)->getType()->isIntegerTy(32);
  bool HasArgv = HasArgc && Main->arg_size() >= 2 &&
                 Main->getArg(1)->getType()->isPointerTy();
  Value *Argv = HasArgv ? Main->getArg(1) : Null;
  if (!HasArgc) {
    Builder.CreateCall(Init, {Null, Null});
    return;
  }
  passByAddress(*Main->getArg(0), Builder, [&](Value *Address) {
    Builder.CreateCall(Init, {Address, Argv});
  });
}

} // namespace ckpt
