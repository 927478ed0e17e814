// Intent: a mutex that the program and two libraries, loaded by dlopen and built
// without the wrapper, lock by turns: it keeps them apart, and one that a library
// has locked or waits for is given back and had by any of them after restarts.
// RUN: %build_c
// RUN: gcc -O2 -fPIC -shared %behave/Inputs/locking-library.c -o %t.one.so
// RUN: cp %t.one.so %t.two.so
// RUN: %generations --generations 4 %t %t.one.so %t.two.so
// RUN: %generations --generations 4 --ids ns %t %t.one.so %t.two.so
// RUN: %generations --generations 4 --ids new %t %t.one.so %t.two.so
#include <dlfcn.h>

#include "behave.h"

enum { kLibraries = 2 };

static struct Library {
  void (*add)(pthread_mutex_t*, long*, long*);
  int (*lock)(pthread_mutex_t*);
  int (*unlock)(pthread_mutex_t*);
  int (*wait)(pthread_cond_t*, pthread_mutex_t*);
} libraries[kLibraries];

// What is locked by turns; what library one locks, and two gives back; what each
// waits for.
static pthread_mutex_t shared = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t held = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t guard = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static long value, copy;
static int holding, going, waiting[kLibraries];

static void Load(struct Library* library, const char* path) {
  void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CHECK(handle != NULL);
  *(void**)&library->add = dlsym(handle, "Add");
  *(void**)&library->lock = dlsym(handle, "Lock");
  *(void**)&library->unlock = dlsym(handle, "Unlock");
  *(void**)&library->wait = dlsym(handle, "Wait");
}

static void* Adds(void* library) {
  do ((struct Library*)library)->add(&shared, &value, &copy);
  while (!Go());
  return NULL;
}

static void* Holds(void* unused) {
  CHECK(libraries[0].lock(&held) == 0);
  Set(&holding, 1);
  AwaitGo();
  CHECK(libraries[0].lock(&held) == EDEADLK);
  CHECK(libraries[1].unlock(&held) == 0);
  return unused;
}

static void* Waits(void* number) {
  const long n = (long)number;
  CHECK(libraries[n].lock(&guard) == 0);
  CHECK(libraries[1 - n].lock(&guard) == 0);
  CHECK(libraries[n].unlock(&guard) == 0);
  Set(&waiting[n], 1);
  while (!Get(&going)) CHECK(libraries[n].wait(&changed, &guard) == 0);
  CHECK(pthread_mutex_unlock(&guard) == 0);
  CHECK(libraries[n].unlock(&guard) == EPERM);
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t threads[5];
  CHECK(argc == 1 + kLibraries);
  for (int i = 0; i < kLibraries; ++i) Load(&libraries[i], argv[1 + i]);
  CHECK(libraries[0].add != libraries[1].add);
  threads[0] = Start(Adds, &libraries[0]);
  threads[1] = Start(Adds, &libraries[1]);
  threads[2] = Start(Holds, NULL);
  threads[3] = Start(Waits, (void*)0);
  threads[4] = Start(Waits, (void*)1);
  Await(&holding, 1);
  for (int i = 0; i < kLibraries; ++i) Await(&waiting[i], 1);
  Ready();
  do {
    CHECK(pthread_mutex_lock(&shared) == 0);
    CHECK(++value == ++copy);
    CHECK(pthread_mutex_unlock(&shared) == 0);
    CHECK(pthread_mutex_unlock(&held) == EPERM || Go());
  } while (!Go());
  CHECK(pthread_mutex_lock(&held) == 0);
  CHECK(pthread_mutex_lock(&guard) == 0);
  Set(&going, 1);
  CHECK(pthread_cond_broadcast(&changed) == 0);
  CHECK(pthread_mutex_unlock(&guard) == 0);
  for (int i = 0; i < 5; ++i) Join(threads[i]);
  CHECK(value == copy);
  return Done();
}
