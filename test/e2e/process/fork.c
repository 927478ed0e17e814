// Intent: a forked child is an ordinary process: it takes no checkpoints, and
// once it has been reaped the parent is checkpointed and restarted as ever.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/wait.h>

#include "behave.h"

static void* Idle(void* unused) {
  AwaitGo();
  return unused;
}

int main(void) {
  const pthread_t thread = Start(Idle, NULL);
  Ready();
  do {
    // Children and checkpoints take turns.
    checkpoint_disable();
    int status;
    const pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      CHECK(getpid() != parent);
      errno = 0;
      CHECK(checkpoint_here() == -1 && errno == ENOSYS);
      checkpoint_disable();
      checkpoint_enable();
      usleep(1000);
      _exit(9);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    checkpoint_enable();
    Pause();
  } while (!Go());
  Join(thread);
  return Done();
}
