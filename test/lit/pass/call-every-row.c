// Intent: each hooked row of hooks.def is rewritten and no other function is.
// RUN: %clang %with_pass -I%include -fno-builtin -w -c %s -o %t.o
// RUN: llvm-nm -u -j %t.o | grep -v __ckpt_abi_ | sort > %t.actual
// RUN: %clang -DEXPECTED -I%include -E -P %s | tr -d ' ' | grep . | sort > %t.expected
// RUN: diff %t.expected %t.actual
// RUN: grep -qx __ckpt_open %t.expected
#ifdef EXPECTED
#define CKPT_HOOK(group, name) __ckpt_##name
#define CKPT_MISSED(name, reason) name
#include "ckpt/hooks.def"
printf
#else
#define CKPT_HOOK(group, name) \
  void name();                 \
  void call_##name(void) { name(); }
#define CKPT_MISSED(name, reason) \
  void name();                    \
  void call_##name(void) { name(); }
#include "ckpt/hooks.def"
void printf();
void call_printf(void) { printf(); }
#endif
