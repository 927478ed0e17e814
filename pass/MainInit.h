//===- MainInit.h - The first thing that main does --------------*- C++ -*-===//
//
// Inserts the runtime's start into main. Partner files: ckpt/abi.h,
// runtime/hooks/startup.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CKPT_PASS_MAININIT_H
#define CKPT_PASS_MAININIT_H

#include "Remarks.h"

namespace ckpt {

/// Makes main, if the module defines it and does not want to be left alone,
/// start with a call of the runtime that may correct argc and argv.
void insertMainInit(llvm::Module &M, const FunctionSet &LeftAlone);

} // namespace ckpt

#endif
