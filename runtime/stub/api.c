/* api.c - checkpoint.h for a shared library.
 *
 * Calls go to the executable's functions if it has the runtime, and are
 * harmless if not. They are hidden here: exported, they would satisfy the
 * reference to checkpoint_init of an executable that links this library, and
 * the runtime would stay out of it. A hidden function cannot refer to another
 * of its own name, hence dlsym. Weak, because a static link has none to give.
 */
#include <checkpoint.h>
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

#pragma weak dlsym

static void* Find(const char* name) {
  return dlsym != NULL ? dlsym(RTLD_DEFAULT, name) : NULL;
}

void checkpoint_init(int* argc, char** argv) {
  void (*init)(int*, char**) = Find("checkpoint_init");
  if (init != NULL) init(argc, argv);
}

int checkpoint_here(void) {
  int (*here)(void) = Find("checkpoint_here");
  if (here != NULL) return here();
  errno = ENOSYS;
  return -1;
}

void checkpoint_disable(void) {
  void (*disable)(void) = Find("checkpoint_disable");
  if (disable != NULL) disable();
}

void checkpoint_enable(void) {
  void (*enable)(void) = Find("checkpoint_enable");
  if (enable != NULL) enable();
}

int checkpoint_exclude_bytes(void* start, size_t size) {
  int (*exclude)(void*, size_t) = Find("checkpoint_exclude_bytes");
  return exclude != NULL ? exclude(start, size) : 0;
}

int checkpoint_include_bytes(void* start, size_t size) {
  int (*include)(void*, size_t) = Find("checkpoint_include_bytes");
  return include != NULL ? include(start, size) : 0;
}

int checkpoint_on(enum checkpoint_event event, void (*function)(int, void*),
                  void* argument) {
  int (*on)(enum checkpoint_event, void (*)(int, void*), void*) =
      Find("checkpoint_on");
  return on != NULL ? on(event, function, argument) : 0;
}

int checkpoint_generation(void) {
  int (*generation)(void) = Find("checkpoint_generation");
  return generation != NULL ? generation() : 0;
}
