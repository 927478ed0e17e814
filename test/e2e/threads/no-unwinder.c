// Intent: a C program does not load the unwinder's library at its start, as it
// does not without checkpoints. The C library loads it when a thread is first
// cancelled or leaves by pthread_exit, here in a restored program, and the
// cleanups of the hooks and of the program run.
// RUN: %build_c
// RUN: readelf -d %t | FileCheck %s --implicit-check-not=libgcc_s
// RUN: %generations --generations 2 %t
// RUN: %generations --generations 2 --ids new %t
// CHECK: Shared library: [libc.so.6]
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waits, cleaned;

static void Unlock(void* unused) {
  (void)unused;
  ++cleaned;
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static void* Wait(void* unused) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  pthread_cleanup_push(Unlock, unused);
  Count(&waits);
  for (;;) pthread_cond_wait(&condition, &mutex);
  pthread_cleanup_pop(1);
  return NULL;
}

static void* Exit(void* argument) { pthread_exit(argument); }

int main(void) {
  pthread_t thread = Start(Wait, NULL);
  Await(&waits, 1);
  Ready();
  AwaitGo();
  CHECK(pthread_cancel(thread) == 0);
  CHECK(Join(thread) == PTHREAD_CANCELED && cleaned == 1);
  thread = Start(Exit, &waits);
  CHECK(Join(thread) == &waits);
  return Done();
}
