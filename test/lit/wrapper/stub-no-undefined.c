// Intent: a library built by ckpt-cc links with --no-undefined, loads into a
// plain executable and works there.
//
// RUN: %ckpt_cc -shared -fPIC -Wl,--no-undefined -Wl,--fatal-warnings %S/Inputs/lib.c -o %t.so
// RUN: %ckpt_cc -shared -fPIC -fuse-ld=lld -flto -Wl,-z,defs %S/Inputs/lib.c -o %t.lto.so
// RUN: nm -D %t.so | FileCheck %s --implicit-check-not=__ckpt --implicit-check-not=checkpoint_
// RUN: %clang %s -o %t && %run %t %t.so && %run %t %t.lto.so
//
// CHECK-DAG: U open
// CHECK-DAG: T open_null
#include <dlfcn.h>
#include <unistd.h>

int main(int argc, char **argv) {
  void *lib = dlopen(argv[argc - 1], RTLD_NOW);
  if (lib == NULL) return 1;
  int (*open_null)(void) = (int (*)(void))dlsym(lib, "open_null");
  if (open_null == NULL) return 2;
  int fd = open_null();
  return fd >= 0 && close(fd) == 0 ? 0 : 3;
}
