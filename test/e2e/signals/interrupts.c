// Intent: a signal of the program's that comes while a thread waits in a system
// call ends the call, at whatever moment of a checkpoint or a restart it comes:
// none is taken for ours. Calls that are never begun again, and others under a
// handler without SA_RESTART.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids new %t
// RUN: %generations --interval 0.02 --ids ns --user nobody %t
// REQUIRES: nobody
#include "behave.h"

#include <dirent.h>
#include <semaphore.h>
#include <sys/select.h>

enum { kPause, kRead, kPoll, kSelect, kSuspend, kSemaphore, kKinds };
static const long number[kKinds] = {34, 0, 271, 270, 130, 202};

static int ends[2];
static sem_t semaphore;
static int round_, ended, handled;

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR1 || signal == SIGUSR2);
  Count(&handled);
}

static void Wait(int kind) {
  char c;
  sigset_t none;
  sigemptyset(&none);
  errno = 0;
  switch (kind) {
    case kPause:
      CHECK(pause() == -1);
      break;
    case kRead:
      CHECK(read(ends[0], &c, 1) == -1);
      break;
    case kPoll:
      CHECK(ppoll(NULL, 0, NULL, &none) == -1);
      break;
    case kSelect:
      CHECK(pselect(0, NULL, NULL, NULL, NULL, &none) == -1);
      break;
    case kSuspend:
      CHECK(sigsuspend(&none) == -1);
      break;
    default:
      CHECK(sem_wait(&semaphore) == -1);
  }
  CHECK(errno == EINTR);
}

static void* Body(void* unused) {
  for (int i = 0; i >= 0; ++i) {
    while (Get(&round_) == i) sched_yield();
    if (Get(&round_) < 0) break;
    Wait(i % kKinds);
    Set(&ended, i + 1);
  }
  return unused;
}

/* True if another thread is in the call; whatever ids /proc knows them by.
 * Files of /proc must not be open in an image. */
static int IsAnyIn(long call) {
  checkpoint_disable();
  DIR* tasks = opendir("/proc/self/task");
  char self[64] = "";
  CHECK(tasks != NULL && readlink("/proc/thread-self", self, 63) > 0);
  const long own = atol(strrchr(self, '/') + 1);
  int found = 0;
  for (struct dirent* e; !found && (e = readdir(tasks)) != NULL;) {
    const long tid = atol(e->d_name);
    if (tid == 0 || tid == own) continue;
    char path[64], text[128] = "";
    snprintf(path, sizeof(path), "/proc/self/task/%ld/syscall", tid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    /* A wait on a futex of the program's: the semaphore's. */
    long nr = -1;
    unsigned long first = 0;
    if (read(fd, text, sizeof(text) - 1) > 0) {
      sscanf(text, "%ld %lx", &nr, &first);
    }
    close(fd);
    found = nr == call && (call != 202 || first == (unsigned long)&semaphore);
  }
  closedir(tasks);
  checkpoint_enable();
  return found;
}

int main(void) {
  const struct sigaction plain = {.sa_handler = OnSignal};
  const struct sigaction restart = {.sa_handler = OnSignal,
                                    .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &plain, NULL) == 0);
  CHECK(sigaction(SIGUSR2, &restart, NULL) == 0);
  CHECK(pipe(ends) == 0 && sem_init(&semaphore, 0, 0) == 0);
  const pthread_t thread = Start(Body, NULL);
  Ready();
  int i = 0;
  for (; i < 3 * kKinds || !Go(); ++i) {
    const int kind = i % kKinds;
    const int never = kind != kRead && kind != kSemaphore;
    Set(&round_, i + 1);
    while (!IsAnyIn(number[kind])) sched_yield();
    CHECK(pthread_kill(thread, never && i / kKinds % 2 ? SIGUSR2 : SIGUSR1) ==
          0);
    while (Get(&ended) != i + 1) sched_yield();
    CHECK(Get(&handled) == i + 1);
  }
  Set(&round_, -1);
  Join(thread);
  return Done();
}
