//===- HookTable.cpp - The rows of hooks.def, by name ---------------------===//

#include "HookTable.h"

#include "ckpt/abi.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/GlobalValue.h"

using namespace llvm;

namespace ckpt {

static constexpr HookRow Rows[] = {
#define CKPT_HOOK(Group, Name) {#Name, CKPT_HOOK_PREFIX #Name, ""},
#define CKPT_MISSED(Name, Reason) {#Name, "", Reason},
#include "ckpt/hooks.def"
};

static StringMap<const HookRow *> buildIndex() {
  StringMap<const HookRow *> Index;
  for (const HookRow &Row : Rows)
    Index[Row.Name] = &Row;
  return Index;
}

const HookRow *findHookRow(StringRef SymbolName) {
  static const StringMap<const HookRow *> Index = buildIndex();
  return Index.lookup(GlobalValue::dropLLVMManglingEscape(SymbolName));
}

} // namespace ckpt
