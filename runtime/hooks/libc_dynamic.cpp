// libc_dynamic.cpp - finds the real functions in a dynamically linked program:
// the program's own definition of a name if it has one, else the next one after
// the executable. Partner: interpose_dynamic.S.

#include <dlfcn.h>
#include <elf.h>
#include <sys/auxv.h>

#include "base/check.h"
#include "hooks/libc.h"
#include "hooks/next_symbols.h"
#include "hooks/unwind.h"
#include "track/linker_locks.h"

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

struct Name {
  const char* text;
  uint32_t hash;
};
constexpr Name kNames[] = {
#define CKPT_HOOK(group, name) {#name, GnuHash(#name)},
#include "ckpt/hooks.def"
};
constexpr size_t kCount = sizeof(kNames) / sizeof(kNames[0]);
static_assert(sizeof(Libc) == kCount * sizeof(void*));

}  // namespace

void ResolveLibc() {
  auto** real = reinterpret_cast<void**>(&g_libc);
  NextSymbols next;
  const bool opened = next.Open();
  // The first entry is what Real() looks at: filled last.
  for (size_t i = kCount; i-- > 0;) {
    const Linked& linked = __ckpt_linked[i];
    if (linked.name != linked.interposer) {
      real[i] = linked.name;
      continue;
    }
    void* found = opened ? next.Find(kNames[i].text, kNames[i].hash) : nullptr;
    real[i] = found != nullptr ? found : dlsym(RTLD_NEXT, kNames[i].text);
  }
  CKPT_CHECK(g_libc.pthread_mutex_lock != nullptr,
             "the C library has no pthread_mutex_lock");
}

Unwinder FindUnwinder() {
  Unwinder found{};
  void* library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return found;
  const auto find = [&](auto* function, const char* name) {
    *reinterpret_cast<void**>(function) = dlsym(library, name);
  };
  find(&found.data, "_Unwind_GetLanguageSpecificData");
  find(&found.get_ip, "_Unwind_GetIP");
  find(&found.region, "_Unwind_GetRegionStart");
  find(&found.set_register, "_Unwind_SetGR");
  find(&found.set_ip, "_Unwind_SetIP");
  find(&found.resume, "_Unwind_Resume");
  dlclose(library);  // the C library keeps it
  return found;
}

void FindLinker() {
  const uint64_t base = getauxval(AT_BASE);
  if (base == 0) return;  // started by hand: ld.so PROGRAM
  const auto* head = reinterpret_cast<const Elf64_Ehdr*>(base);
  const auto* segments =
      reinterpret_cast<const Elf64_Phdr*>(base + head->e_phoff);
  for (int i = 0; i < head->e_phnum; ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    const uint64_t start = base + segment.p_vaddr;
    track::NoteLinkerData(start, start + segment.p_memsz);
  }
}

}  // namespace ckpt::hooks
