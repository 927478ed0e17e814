// Intent: checkpoint.h in a shared library reaches the executable's functions
// and is harmless where there are none.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %ckpt_cc -DLIB -shared -fPIC -Wl,--no-undefined %s -o %t/lib.so
// RUN: %clang %s -o %t/plain && %run %t/plain %t/lib.so | FileCheck %s --check-prefix=PLAIN
// RUN: %clang -DRUNTIME -rdynamic %s -o %t/with && %run %t/with %t/lib.so | FileCheck %s --check-prefix=WITH
//
// PLAIN: exclude 0, include 0, on 0
// PLAIN-NEXT: here -1, not supported 1, generation 0
// WITH: disable
// WITH-NEXT: enable
// WITH-NEXT: exclude 1, include 2, on 3
// WITH-NEXT: here 5, not supported 0, generation 7
#include <errno.h>
#include <stdio.h>

#ifdef LIB
#include <checkpoint.h>
void use_api(void);
static void event(int error, void *argument) { (void)error, (void)argument; }
void use_api(void) {
  checkpoint_init(NULL, NULL);
  checkpoint_disable();
  checkpoint_enable();
  printf("exclude %d, include %d, on %d\n", checkpoint_exclude_bytes(&errno, 1),
         checkpoint_include_bytes(&errno, 1),
         checkpoint_on(CHECKPOINT_AFTER, event, NULL));
  errno = 0;
  int here = checkpoint_here();
  printf("here %d, not supported %d, generation %d\n", here, errno == ENOSYS,
         checkpoint_generation());
}
#else
#include <dlfcn.h>
#ifdef RUNTIME
void checkpoint_init(int *argc, char **argv) { (void)argc, (void)argv; }
void checkpoint_disable(void) { puts("disable"); }
void checkpoint_enable(void) { puts("enable"); }
int checkpoint_here(void) { return 5; }
int checkpoint_generation(void) { return 7; }
int checkpoint_exclude_bytes(void *start, size_t size) {
  return start != NULL && size == 1 ? 1 : -1;
}
int checkpoint_include_bytes(void *start, size_t size) {
  return start != NULL && size == 1 ? 2 : -1;
}
int checkpoint_on(int event, void (*function)(int, void *), void *argument) {
  return event == 2 && function != NULL && argument == NULL ? 3 : -1;
}
#endif
int main(int argc, char **argv) {
  void *lib = dlopen(argv[argc - 1], RTLD_NOW);
  if (lib == NULL) return 1;
  void (*use_api)(void) = (void (*)(void))dlsym(lib, "use_api");
  if (use_api == NULL) return 2;
  use_api();
  return 0;
}
#endif
