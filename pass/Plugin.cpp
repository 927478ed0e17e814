//===- Plugin.cpp - Registration of the pass ------------------------------===//
//
// Registration only. The pass runs at the start of the pipeline, which every
// optimisation level and both LTO modes have before linking: calls are still as
// the program wrote them and nothing is inlined across the border of a function
// that asked to be left alone.
//
//===----------------------------------------------------------------------===//

#include "CkptPass.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"

using namespace llvm;

static void registerCallbacks(PassBuilder &PB) {
  PB.registerPipelineStartEPCallback(
      [](ModulePassManager &MPM, OptimizationLevel) {
        MPM.addPass(ckpt::CkptPass());
      });
  PB.registerPipelineParsingCallback(
      [](StringRef Name, ModulePassManager &MPM,
         ArrayRef<PassBuilder::PipelineElement>) {
        if (Name != ckpt::PassName)
          return false;
        MPM.addPass(ckpt::CkptPass());
        return true;
      });
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "CkptPass", LLVM_VERSION_STRING,
          registerCallbacks};
}
