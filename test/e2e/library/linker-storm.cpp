// Intent: threads that throw, walk the loaded libraries, look symbols up and load
// libraries without a pause are not disturbed by restarts, whichever of the
// dynamic linker's instructions a checkpoint falls on.
// RUN: %build_cxx
// RUN: %generations --generations 6 --ids ns %t
// RUN: %generations --generations 12 --ids new %t
// RUN: %build_cxx -static -DNO_LIBRARIES
// RUN: %generations --generations 12 --ids new %t
#include <dlfcn.h>
#include <link.h>

#include "behave.h"

static int CountOne(dl_phdr_info*, size_t, void* count) {
  ++*static_cast<int*>(count);
  return 0;
}

static void* Body(void*) {
  while (!Go()) {
    int count = 0;
    dl_iterate_phdr(CountOne, &count);
    CHECK(count >= 1);
    try {
      throw count;
    } catch (int caught) {
      CHECK(caught == count);
    }
#ifndef NO_LIBRARIES
    CHECK(dlsym(RTLD_DEFAULT, "malloc") != nullptr);
    void* library = dlopen("libm.so.6", RTLD_NOW);
    CHECK(library != nullptr && dlclose(library) == 0);
#endif
  }
  return nullptr;
}

int main() {
  pthread_t threads[4];
  for (pthread_t& thread : threads) thread = Start(Body, nullptr);
  LiveThroughRestarts();
  for (const pthread_t thread : threads) Join(thread);
  return Done();
}
