// Intent: the calls of a library built by ckpt-cc reach the names that the
// executable exports, which is where the hooks are.
//
// RUN: %ckpt_cc -shared -fPIC %S/Inputs/lib.c -o %t.so
// RUN: %clang -rdynamic %s -o %t && %run %t %t.so
#include <dlfcn.h>
#include <stddef.h>

int open(const char *path, int flags, ...) {
  (void)path;
  (void)flags;
  return 4711;
}

int main(int argc, char **argv) {
  void *lib = dlopen(argv[argc - 1], RTLD_NOW);
  if (lib == NULL) return 1;
  int (*open_null)(void) = (int (*)(void))dlsym(lib, "open_null");
  return open_null != NULL && open_null() == 4711 ? 0 : 2;
}
