// Intent: callbacks run in the promised order, one event for each checkpoint,
// in a thread that may allocate, print, lock what others lock and make children,
// while the other threads run; a restored program has them as well.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <sys/wait.h>

#include "behave.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int befores, afters, restarts, turns, over;
static int inside;        // between BEFORE and its end
static int expected = 1;  // of the next callback of the event under way
static pthread_t thread;
static char* text;

// The others go on.
static void SeeOthersRun(void) {
  const int seen = Get(&turns);
  while (Get(&turns) < seen + 2) Pause();
}

static void Use(void) {
  CHECK(pthread_mutex_lock(&lock) == 0);
  free(text);
  CHECK(asprintf(&text, "%d %d %d", befores, afters, restarts) > 0);
  CHECK(pthread_mutex_unlock(&lock) == 0);
}

static void Before(int error, void* argument) {
  const int number = (int)(intptr_t)argument;
  CHECK(error == 0 && number == expected++);
  if (number == 1) {
    CHECK(!inside);
    thread = pthread_self();
    SeeOthersRun();
  }
  Use();
  if (number < 3) return;
  const pid_t child = fork();
  if (child == 0) _exit(7);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
  Count(&befores);
  inside = 1;
  expected = 3;
}

static void Ended(int number, int* count) {
  CHECK(number == expected--);
  CHECK(pthread_equal(thread, pthread_self()));
  Use();
  if (number > 1) return;
  SeeOthersRun();
  CHECK(inside);
  inside = 0;
  expected = 1;
  Count(count);
}

static void After(int error, void* argument) {
  CHECK(error == 0);
  CHECK(checkpoint_here() == -1 && errno == EDEADLK);
  Ended((int)(intptr_t)argument, &afters);
}

static void Restart(int error, void* argument) {
  CHECK(error == 0);
  Ended((int)(intptr_t)argument, &restarts);
}

static void* Work(void* unused) {
  (void)unused;
  while (!Get(&over)) {
    Use();
    Count(&turns);
    Pause();
  }
  return NULL;
}

static void Nothing(int error, void* argument) { (void)error, (void)argument; }

int main(void) {
  CHECK(checkpoint_on(0, Nothing, NULL) == -1 && errno == EINVAL);
  CHECK(checkpoint_on(4, Nothing, NULL) == -1 && errno == EINVAL);
  CHECK(checkpoint_on(CHECKPOINT_AFTER, NULL, NULL) == -1 && errno == EINVAL);
  // A period may end in between: it would find the events half registered.
  checkpoint_disable();
  for (intptr_t i = 1; i <= 3; ++i) {
    CHECK(checkpoint_on(CHECKPOINT_BEFORE, Before, (void*)i) == 0);
    CHECK(checkpoint_on(CHECKPOINT_AFTER, After, (void*)i) == 0);
    CHECK(checkpoint_on(CHECKPOINT_RESTART, Restart, (void*)i) == 0);
  }
  checkpoint_enable();
  const pthread_t worker = Start(Work, NULL);
  Ready();
  AwaitGo();
  // What was under way comes to its end; one that is asked for is told of
  // before checkpoint_here returns.
  const int generation = checkpoint_generation();
  const int here = checkpoint_here();
  CHECK(here == 0 && checkpoint_generation() == generation);
  checkpoint_disable();
  while (Get(&afters) + Get(&restarts) < Get(&befores)) Pause();
  CHECK(Get(&restarts) == generation && Get(&afters) > 0);
  CHECK(Get(&afters) + Get(&restarts) == Get(&befores));
  Set(&over, 1);
  Join(worker);
  return Done();
}
