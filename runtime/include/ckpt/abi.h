// abi.h - what the pass, the wrapper and the runtime must agree on.
//
// Plain C preprocessor only: read by the pass (C++), the runtime (C++ and
// assembly) and the build. Partner files: pass/ModuleMarks.cpp,
// runtime/hooks/startup.cpp, runtime/stub/abi.S, clang-wrapper/.

#ifndef CKPT_ABI_H
#define CKPT_ABI_H

// Bumped when the hooks' names, signatures or meaning change. Instrumented
// objects refer to the symbol below, and runtime and stub define the one of
// their own version, so a mismatch is an undefined symbol at link time.
#define CKPT_ABI_VERSION 1
#define CKPT_ABI_SYMBOL_NAME "__ckpt_abi_version_mismatch_check_v1"
#define CKPT_ABI_SYMBOL __ckpt_abi_version_mismatch_check_v1

// Prefix of a hook: `open` becomes `__ckpt_open`.
#define CKPT_HOOK_PREFIX "__ckpt_"

// Inserted by the pass at the top of main:
//   void __ckpt_main_init(int *argc, char **argv)
// both null for a main that takes no arguments.
#define CKPT_MAIN_INIT_NAME "__ckpt_main_init"

// Module flag set by the pass: a second run does nothing.
#define CKPT_MODULE_FLAG "ckpt.instrumented"

// Section and note (ELF note format: owner "CKPT", type below, a 4-byte
// little-endian CKPT_ABI_VERSION) that every instrumented object carries.
#define CKPT_NOTE_SECTION ".note.ckpt"
#define CKPT_NOTE_OWNER "CKPT"
#define CKPT_NOTE_TYPE_INSTRUMENTED 1

// Annotation behind CHECKPOINT_NO_INSTRUMENT in checkpoint.h.
#define CKPT_NO_INSTRUMENT_ANNOTATION "ckpt.no_instrument"

#endif
