// Intent: libraries loaded by dlopen, one built with the wrapper and one without,
// keep their thread-local data and the mutexes that they hold; a new thread gets
// fresh data. The same with images that have the libraries' text.
// RUN: %build_c
// RUN: %ckpt_cc -O2 -fPIC -shared %behave/Inputs/plugin.c -o %t.hooked.so
// RUN: %clang -O2 -fPIC -shared %behave/Inputs/plugin.c -o %t.plain.so
// RUN: %generations %t %t.hooked.so %t.plain.so
// RUN: %generations --option=--self-contained %t %t.hooked.so %t.plain.so
// RUN: %generations --ids new %t %t.hooked.so %t.plain.so
#include <dlfcn.h>

#include "behave.h"

enum { kLibraries = 2, kThreads = 3 };

static struct {
  long (*add)(long);
  void (*lock)(void);
  int (*trylock)(void);
  void (*unlock)(void);
} plugins[kLibraries];
static int in_place;

static void* Body(void* argument) {
  const long number = (long)argument;
  for (int i = 0; i < kLibraries; ++i) {
    CHECK(plugins[i].add(number) == 5 + number);
  }
  if (number == 0) {
    for (int i = 0; i < kLibraries; ++i) plugins[i].lock();
  }
  Count(&in_place);
  while (!Go()) {
    for (int i = 0; i < kLibraries; ++i) {
      CHECK(plugins[i].add(0) == 5 + number);
      if (number == 0) continue;
      const int r = plugins[i].trylock();
      CHECK(r == EBUSY || Go());
      if (r == 0) plugins[i].unlock();
    }
    Pause();
  }
  if (number == 0) {
    for (int i = 0; i < kLibraries; ++i) plugins[i].unlock();
  }
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t threads[kThreads];
  CHECK(argc == 1 + kLibraries);
  for (int i = 0; i < kLibraries; ++i) {
    void* library = dlopen(argv[1 + i], RTLD_NOW);
    CHECK(library != NULL);
    *(void**)&plugins[i].add = dlsym(library, "plugin_add");
    *(void**)&plugins[i].lock = dlsym(library, "plugin_lock");
    *(void**)&plugins[i].trylock = dlsym(library, "plugin_trylock");
    *(void**)&plugins[i].unlock = dlsym(library, "plugin_unlock");
  }
  threads[0] = Start(Body, (void*)0);
  Await(&in_place, 1);
  for (long i = 1; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
  Await(&in_place, kThreads);
  LiveThroughRestarts();
  Join(threads[0]);
  for (int i = 1; i < kThreads; ++i) Join(threads[i]);
  in_place = 0;
  Join(Start(Body, (void*)1));
  return Done();
}
