//===- HookTable.h - The rows of hooks.def, by name -------------*- C++ -*-===//
//
// The pass's only knowledge of C library names. Partner file:
// runtime/include/ckpt/hooks.def.
//
//===----------------------------------------------------------------------===//

#ifndef CKPT_PASS_HOOKTABLE_H
#define CKPT_PASS_HOOKTABLE_H

#include "llvm/ADT/StringRef.h"

namespace ckpt {

/// One row: either a function with a hook or one whose effect cannot be carried
/// over a restart.
struct HookRow {
  llvm::StringLiteral Name;
  /// The runtime's function; empty in a row that is never rewritten.
  llvm::StringLiteral Hook;
  /// Why a call of a row without a hook is reported; empty in all others.
  llvm::StringLiteral MissedReason;

  bool isHooked() const { return !Hook.empty(); }
};

/// The row for a symbol as LLVM spells it (with or without the \01 prefix of an
/// assembler label), or null.
const HookRow *findHookRow(llvm::StringRef SymbolName);

} // namespace ckpt

#endif
