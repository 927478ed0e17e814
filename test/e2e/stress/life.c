// Intent: threads come and go by the thousand in every way there is: joined, tried,
// with a deadline, detached, cancelled in a wait, in a computation and before they
// have begun, ended inside cleanup handlers, on stacks of the program's own, with
// a robust mutex in their hands; while others fork, vfork and spawn. Each is run
// once, ends as it should, and leaves what it should. (While the pipe of popen is
// there a checkpoint is refused.)
// RUN: %build_c
// RUN: %generations --generations 5 --allow '.* is a pipe ' %t
// RUN: %generations --generations 5 --allow '.* is a pipe ' --ids ns %t
// RUN: %generations --generations 5 --allow '.* is a pipe ' --ids new %t
#include <semaphore.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "behave.h"

enum { kMakers = 3, kStack = 256 * 1024 };

static pthread_key_t key;
static long begun, cleaned, destroyed, inherited;
static __thread int local = 7;

static void Add(long* count) { __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST); }
static long Of(long* count) { return __atomic_load_n(count, __ATOMIC_SEQ_CST); }

static void Destroy(void* value) {
  CHECK(value == &key);
  Add(&destroyed);
}

static void Clean(void* unused) {
  (void)unused;
  Add(&cleaned);
}

static void Begin(void) {
  CHECK(local == 7);
  local = 8;
  CHECK(pthread_setspecific(key, &key) == 0);
  Add(&begun);
}

static void* Returns(void* argument) {
  Begin();
  return argument;
}

static void* Exits(void* argument) {
  Begin();
  pthread_cleanup_push(Clean, NULL);
  pthread_exit(argument);
  pthread_cleanup_pop(0);
}

// Cancelled in a wait that nothing else ends.
static void* WaitsFor(void* semaphore) {
  Begin();
  pthread_cleanup_push(Clean, NULL);
  for (;;) sem_wait(semaphore);
  pthread_cleanup_pop(0);
}

static void UnlockMutex(void* mutex) {
  CHECK(pthread_mutex_unlock(mutex) == 0);
  Add(&cleaned);
}

struct Condition {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
};

static void* WaitsForCondition(void* argument) {
  struct Condition* c = argument;
  Begin();
  CHECK(pthread_mutex_lock(&c->mutex) == 0);
  pthread_cleanup_push(UnlockMutex, &c->mutex);
  for (;;) pthread_cond_wait(&c->condition, &c->mutex);
  pthread_cleanup_pop(0);
}

static void* Computes(void* argument) {
  int old;
  Begin();
  pthread_cleanup_push(Clean, NULL);
  CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0);
  Set(argument, 1);
  for (;;) __asm__ volatile("" ::: "memory");
  pthread_cleanup_pop(0);
}

static void* EndsWithMutex(void* mutex) {
  Begin();
  CHECK(pthread_mutex_lock(mutex) == 0);
  return mutex;
}

static void Joined(pthread_t thread, void* result) {
  CHECK(Join(thread) == result);
}

static void Cancelled(pthread_t thread) {
  CHECK(pthread_cancel(thread) == 0);
  Joined(thread, PTHREAD_CANCELED);
}

static long Mutexes(void) {
  pthread_mutexattr_t a;
  pthread_mutex_t mutex;
  const int protocol = PTHREAD_PRIO_INHERIT;
  CHECK(pthread_mutexattr_init(&a) == 0);
  CHECK(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) == 0);
  static __thread int turn;
  if (turn++ % 2) CHECK(pthread_mutexattr_setprotocol(&a, protocol) == 0);
  CHECK(pthread_mutex_init(&mutex, &a) == 0);
  Joined(Start(EndsWithMutex, &mutex), &mutex);
  CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
  CHECK(pthread_mutex_consistent(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(pthread_mutex_destroy(&mutex) == 0);
  return 1;
}

static long Cancellations(long* cleanups) {
  struct Condition c = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER};
  sem_t semaphore;
  int computes = 0;
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  const pthread_t waits = Start(WaitsFor, &semaphore);
  const pthread_t condition = Start(WaitsForCondition, &c);
  const pthread_t computing = Start(Computes, &computes);
  // In the wait, on the way there, or before it has begun.
  const long before = Of(&begun);
  if (before % 3 == 0) sched_yield();
  Await(&computes, 1);
  Cancelled(computing);
  Cancelled(condition);
  Cancelled(waits);
  CHECK(pthread_mutex_trylock(&c.mutex) == 0);
  CHECK(pthread_mutex_unlock(&c.mutex) == 0);
  *cleanups += 3;
  return 3;
}

static long Ends(void* stack, long* cleanups) {
  pthread_attr_t detached, placed;
  void* result;
  pthread_t thread;
  CHECK(pthread_attr_init(&detached) == 0);
  CHECK(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
  CHECK(pthread_create(&thread, &detached, Returns, NULL) == 0);
  CHECK(pthread_create(&thread, &detached, Exits, NULL) == 0);
  CHECK(pthread_attr_init(&placed) == 0);
  CHECK(pthread_attr_setstack(&placed, stack, kStack) == 0);
  CHECK(pthread_create(&thread, &placed, Returns, stack) == 0);
  Joined(thread, stack);
  thread = Start(Exits, &thread);
  int r;
  while ((r = pthread_tryjoin_np(thread, &result)) == EBUSY) sched_yield();
  CHECK(r == 0 && result == &thread);
  struct timespec later = In(CLOCK_REALTIME, 3600000);
  thread = Start(Returns, &later);
  CHECK(pthread_timedjoin_np(thread, &result, &later) == 0);
  CHECK(result == &later);
  *cleanups += 2;
  return 5;
}

struct Maker {
  long made, cleanups;
};

static void* Makes(void* argument) {
  struct Maker* maker = argument;
  void* stack = mmap(NULL, kStack, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  CHECK(stack != MAP_FAILED);
  do {
    maker->made += Ends(stack, &maker->cleanups);
    maker->made += Cancellations(&maker->cleanups);
    maker->made += Mutexes();
  } while (!Go());
  return NULL;
}

static void AwaitChild(pid_t child) {
  int status;
  CHECK(child > 0);
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

static void InChild(void) { Add(&inherited); }

static void* Forks(void* unused) {
  char* const arguments[] = {"sh", "-c", "exit 9", NULL};
  do {
    const long before = Of(&inherited);
    pid_t child = fork();
    if (child == 0) _exit(Of(&inherited) == before + 1 ? 9 : 1);
    AwaitChild(child);
    child = vfork();
    if (child == 0) {
      execv("/bin/sh", arguments);
      _exit(1);
    }
    AwaitChild(child);
    CHECK(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) == 0);
    AwaitChild(child);
    CHECK(WEXITSTATUS(system("exit 9")) == 9);
    FILE* pipe = popen("echo line; exit 9", "r");
    char line[16];
    CHECK(pipe != NULL && fgets(line, sizeof(line), pipe) != NULL);
    CHECK(strcmp(line, "line\n") == 0);
    CHECK(WEXITSTATUS(pclose(pipe)) == 9);
    poll(NULL, 0, 20);
  } while (!Go());
  return unused;
}

int main(void) {
  struct Maker makers[kMakers] = {{0, 0}};
  pthread_t threads[kMakers];
  long made = 0, cleanups = 0;
  CHECK(pthread_key_create(&key, Destroy) == 0);
  CHECK(pthread_atfork(NULL, NULL, InChild) == 0);
  for (int i = 0; i < kMakers; ++i) threads[i] = Start(Makes, &makers[i]);
  const pthread_t forks = Start(Forks, NULL);
  Ready();
  for (int i = 0; i < kMakers; ++i) {
    Join(threads[i]);
    made += makers[i].made;
    cleanups += makers[i].cleanups;
  }
  Join(forks);
  // Detached ones may be on their way.
  while (Of(&destroyed) < made) Pause();
  CHECK(begun == made && destroyed == made && cleaned == cleanups);
  return Done();
}
