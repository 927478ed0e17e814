// Intent: threads that fork, and others that allocate, lock and print while they
// do, under checkpoints and restarts: every child is whole, finds the heap and
// the streams usable, the handlers of pthread_atfork have been called in their
// order, and each is waited for once.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids new %t
// RUN: %generations --interval 0.02 --ids ns --user nobody %t
// RUN: %build_c -static
// RUN: %generations --interval 0.02 --ids new %t
#include <sys/wait.h>

#include "behave.h"

enum { kForkers = 3, kBusy = 3 };

static pthread_mutex_t guarded = PTHREAD_MUTEX_INITIALIZER;
static int stop, in_handler;
static __thread char order[16];
static __thread int at;
static FILE* nowhere;

static void Note(char what) {
  if (at < 15) order[at++] = what;
}
static void Prepare1(void) { Note('1'); }
static void Prepare2(void) {
  pthread_mutex_lock(&guarded);
  Note('2');
}
static void Parent1(void) { Note('p'); }
static void Parent2(void) {
  Note('q');
  pthread_mutex_unlock(&guarded);
}
static void Child1(void) { Note('c'); }
static void Child2(void) {
  Note('d');
  pthread_mutex_unlock(&guarded);
}

static void* Nothing(void* unused) { return unused; }

static int Child(pid_t parent) {
  if (strcmp(order, "21cd") != 0) return 2;
  if (getppid() != parent) return 3;
  if (pthread_mutex_lock(&guarded) != 0) return 4;
  pthread_mutex_unlock(&guarded);
  for (int i = 1; i < 200; ++i) {
    char* memory = malloc(16 * i);
    if (memory == NULL) return 5;
    memset(memory, i, 16 * i);
    free(memory);
  }
  if (fprintf(nowhere, "child\n") != 6 || fflush(nowhere) != 0) return 6;
  pthread_t thread;
  if (pthread_create(&thread, NULL, Nothing, NULL) != 0 ||
      pthread_join(thread, NULL) != 0) {
    return 7;
  }
  return 21;
}

static void* Fork(void* count) {
  while (!Get(&stop)) {
    const pid_t parent = getpid();
    at = 0;
    memset(order, 0, sizeof(order));
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(Child(parent));
    CHECK(strcmp(order, "21pq") == 0);
    int status;
    pid_t r;
    while ((r = waitpid(child, &status, 0)) == -1 && errno == EINTR) {
    }
    CHECK(r == child);
    CHECK(WIFEXITED(status));
    if (WEXITSTATUS(status) != 21) {
      dprintf(2, "child: %d\n", WEXITSTATUS(status));
      _exit(1);
    }
    Count(count);
    // Others' gaps are the checkpoints'.
    poll(NULL, 0, 5);
  }
  return NULL;
}

static void* Busy(void* unused) {
  while (!Get(&stop)) {
    char* memory = malloc(1000);
    CHECK(fprintf(nowhere, "%p\n", (void*)memory) > 0);
    pthread_mutex_lock(&guarded);
    memory = realloc(memory, 100000);
    pthread_mutex_unlock(&guarded);
    free(memory);
  }
  return unused;
}

// A fork in a signal handler: by _Fork, which is safe there.
static void OnSignal(int signal) {
  const int error = errno;
  const pid_t child = _Fork();
  int status;
  if (child == 0) _exit(22);
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 22) {
    abort();
  }
  Count(&in_handler);
  errno = error;
  (void)signal;
}

int main(void) {
  CHECK(pthread_atfork(Prepare1, Parent1, Child1) == 0);
  CHECK(pthread_atfork(Prepare2, Parent2, Child2) == 0);
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK((nowhere = fopen("/dev/null", "w")) != NULL);
  pthread_t forkers[kForkers], busy[kBusy];
  int counts[kForkers] = {0};
  for (int i = 0; i < kForkers; ++i) forkers[i] = Start(Fork, &counts[i]);
  for (int i = 0; i < kBusy; ++i) busy[i] = Start(Busy, NULL);
  Ready();
  while (!Go()) {
    CHECK(pthread_kill(busy[0], SIGUSR1) == 0);
    poll(NULL, 0, 20);
  }
  Set(&stop, 1);
  for (int i = 0; i < kForkers; ++i) Join(forkers[i]);
  for (int i = 0; i < kBusy; ++i) Join(busy[i]);
  for (int i = 0; i < kForkers; ++i) CHECK(counts[i] > 0);
  CHECK(wait(NULL) == -1 && errno == ECHILD);
  return Done();
}
