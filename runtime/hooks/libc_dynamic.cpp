// libc_dynamic.cpp - finds the real functions in a dynamically linked program:
// the program's own definition of a name if it has one, else the next one after
// the executable. Partner: interpose_dynamic.S.

#include <dlfcn.h>

#include "base/check.h"
#include "hooks/libc.h"

namespace ckpt::hooks {

constinit Libc g_libc{};

namespace {

// What the link made of a name (the program's own function, or our interposer),
// and our interposer.
struct Linked {
  void* name;
  void* interposer;
};
extern "C" const Linked __ckpt_linked[];

constexpr const char* kNames[] = {
#define CKPT_HOOK(group, name) #name,
#include "ckpt/hooks.def"
};
constexpr size_t kCount = sizeof(kNames) / sizeof(kNames[0]);
static_assert(sizeof(Libc) == kCount * sizeof(void*));

}  // namespace

void ResolveLibc() {
  auto** real = reinterpret_cast<void**>(&g_libc);
  // The first entry is what Real() looks at: filled last.
  for (size_t i = kCount; i-- > 0;) {
    const Linked& linked = __ckpt_linked[i];
    real[i] = linked.name != linked.interposer ? linked.name
                                               : dlsym(RTLD_NEXT, kNames[i]);
  }
  CKPT_CHECK(g_libc.pthread_mutex_lock != nullptr,
             "the C library has no pthread_mutex_lock");
}

}  // namespace ckpt::hooks
