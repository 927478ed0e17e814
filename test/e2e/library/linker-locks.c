// Intent: threads in the constructor of a library that is being loaded, and
// waiting to load another one meanwhile, go on after a restart, and the dynamic
// linker's locks are free afterwards.
// RUN: %build_c -rdynamic
// RUN: %clang -O2 -fPIC -shared %behave/Inputs/slow-plugin.c -o %t.slow.so
// RUN: %clang -O2 -fPIC -shared %behave/Inputs/plugin.c -o %t.plain.so
// RUN: %generations %t %t.slow.so %t.plain.so
// RUN: %generations --ids ns %t %t.slow.so %t.plain.so
// RUN: %generations --ids new %t %t.slow.so %t.plain.so
#include <dlfcn.h>

#include "behave.h"

static int in_constructor, waiter, loaded;

void constructing(void) {
  if (Get(&in_constructor) == 1) return;  // loaded once more at the end
  Set(&in_constructor, 1);
  AwaitGo();
  CHECK(Get(&loaded) == 0);
}

static void* Load(void* path) {
  void* library = dlopen(path, RTLD_NOW);
  CHECK(library != NULL);
  int (*answer)(void);
  *(void**)&answer = dlsym(library, "plugin_answer");
  CHECK(answer() == 42);
  return library;
}

static void* LoadMeanwhile(void* path) {
  Set(&waiter, gettid());
  void* library = dlopen(path, RTLD_NOW);
  Set(&loaded, 1);
  CHECK(library != NULL && dlsym(library, "plugin_add") != NULL);
  return library;
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  const pthread_t first = Start(Load, argv[1]);
  Await(&in_constructor, 1);
  const pthread_t second = Start(LoadMeanwhile, argv[2]);
  AwaitSyscall(&waiter, 202);  // futex
  LiveThroughRestarts();
  CHECK(dlclose(Join(first)) == 0);
  CHECK(dlclose(Join(second)) == 0);
  for (int i = 1; i < argc; ++i) {
    void* library = dlopen(argv[i], RTLD_NOW);
    CHECK(library != NULL && dlclose(library) == 0);
  }
  return Done();
}
