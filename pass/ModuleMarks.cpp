//===- ModuleMarks.cpp - What an instrumented module carries --------------===//
//
// The two symbols are linkonce_odr and in a COMDAT, so that a program holds one
// of each and not one for every module, be it linked with LTO or without. Their
// names hold the version: modules of different versions must not replace each
// other's. llvm.used keeps them through the optimiser, LTO and --gc-sections.
//
//===----------------------------------------------------------------------===//

#include "ModuleMarks.h"

#include "ckpt/abi.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace ckpt {

bool isMarked(const Module &M) {
  const auto *Flag =
      mdconst::extract_or_null<ConstantInt>(M.getModuleFlag(CKPT_MODULE_FLAG));
  return Flag && !Flag->isZero();
}

/// Min: linked with a module that has no flag it becomes 0, and a later run
/// sees to the part that is still to be done.
static void setFlag(Module &M) {
  auto *One = ConstantInt::get(Type::getInt32Ty(M.getContext()), 1);
  M.setModuleFlag(Module::Min, CKPT_MODULE_FLAG, ConstantAsMetadata::get(One));
}

static GlobalVariable *addOnePerProgram(Module &M, StringRef Name,
                                        Constant *Value) {
  auto *GV = new GlobalVariable(M, Value->getType(), /*isConstant=*/true,
                                GlobalValue::LinkOnceODRLinkage, Value, Name);
  GV->setVisibility(GlobalValue::HiddenVisibility);
  GV->setComdat(M.getOrInsertComdat(Name));
  appendToUsed(M, GV);
  return GV;
}

/// A module that holds neither code nor the address of a hook has nothing that
/// could depend on the runtime's version.
static bool needsRuntime(const Module &M) {
  return any_of(M, [](const Function &F) {
    return !F.isDeclarationForLinker() ||
           F.getName().starts_with(CKPT_HOOK_PREFIX);
  });
}

/// A pointer to the symbol that a runtime of this version defines. Only data:
/// nothing of it is ever run or read.
static void addAbiReference(Module &M) {
  static constexpr StringLiteral Name = CKPT_ABI_SYMBOL_NAME ".ref";
  if (M.getNamedGlobal(Name) || !needsRuntime(M))
    return;
  addOnePerProgram(M, Name,
                   M.getOrInsertGlobal(CKPT_ABI_SYMBOL_NAME,
                                       Type::getInt8Ty(M.getContext())));
}

/// An ELF note: sizes of owner and description, type, owner padded to a
/// multiple of four bytes, description.
static void addNote(Module &M) {
  static constexpr StringLiteral Name = CKPT_ABI_SYMBOL_NAME ".note";
  if (M.getNamedGlobal(Name))
    return;
  LLVMContext &Context = M.getContext();
  auto Word = [&Context](uint32_t Value) {
    return ConstantInt::get(Type::getInt32Ty(Context), Value);
  };
  StringRef Owner(CKPT_NOTE_OWNER, sizeof(CKPT_NOTE_OWNER)); // with its NUL
  std::string Padded = Owner.str();
  Padded.resize(alignTo(Owner.size(), 4));
  Constant *Note = ConstantStruct::getAnon(
      {Word(Owner.size()), Word(sizeof(uint32_t)),
       Word(CKPT_NOTE_TYPE_INSTRUMENTED),
       ConstantDataArray::getString(Context, Padded, /*AddNull=*/false),
       Word(CKPT_ABI_VERSION)});
  GlobalVariable *GV = addOnePerProgram(M, Name, Note);
  GV->setSection(CKPT_NOTE_SECTION);
  GV->setAlignment(Align(4));
}

void markModule(Module &M) {
  setFlag(M);
  addAbiReference(M);
  addNote(M);
}

} // namespace ckpt
