// Intent: in a forked child no callback is called, unless it asks for
// checkpoints of its own; then those of its parent and its own are.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %t | grep -c OK
#include <sys/wait.h>

#include "behave.h"

static int calls, own_calls;

static void Call(int error, void* argument) {
  CHECK(error == 0);
  Count(argument);
}

static void Child(void) {
  CHECK(checkpoint_on(CHECKPOINT_AFTER, Call, &own_calls) == 0);
  CHECK(checkpoint_here() == -1 && errno == ENOSYS);
  CHECK(Get(&calls) == 2 && Get(&own_calls) == 0);
  checkpoint_init(NULL, NULL);
  CHECK(checkpoint_here() == 0);
  CHECK(Get(&calls) == 4 && Get(&own_calls) == 1);
  _exit(7);
}

int main(void) {
  CHECK(checkpoint_on(CHECKPOINT_BEFORE, Call, &calls) == 0);
  CHECK(checkpoint_on(CHECKPOINT_AFTER, Call, &calls) == 0);
  CHECK(checkpoint_here() == 0);
  CHECK(Get(&calls) == 2);
  const pid_t child = fork();
  if (child == 0) Child();
  int status;
  CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
  CHECK(checkpoint_here() == 0);
  CHECK(Get(&calls) == 4 && Get(&own_calls) == 0);
  return Done();
}
