// forks.c - a program and its child, which has asked for checkpoints of its own.
// Each says who it is, adds up numbers in a thread, and ends with its token: the
// parent's is the usual one, the child's the file of its argument. Signals are
// handled by both.
#include <sys/wait.h>

#include "behave.h"

static const char* me;
static int stop, got;
static unsigned long sum, count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void Tell(const char* what, int number) {
  char line[80];
  snprintf(line, sizeof(line), "%s: %s %d\n", me, what, number);
  Say(line);
}

static void OnSignal(int signal) {
  (void)signal;
  Count(&got);
}

static void* Add(void* unused) {
  while (!Get(&stop)) {
    pthread_mutex_lock(&mutex);
    sum += ++count;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

static int Live(const char* token) {
  const pid_t self = getpid();
  const pthread_t thread = Start(Add, NULL);
  Tell("ready", self);
  while (access(token, F_OK) != 0) {
    CHECK(getpid() == self && gettid() == self);
    Pause();
  }
  Set(&stop, 1);
  Join(thread);
  CHECK(sum == count * (count + 1) / 2);
  CHECK(getpid() == self);
  raise(SIGTERM);
  CHECK(Get(&got) == 1);
  Tell("OK", checkpoint_generation());
  return 0;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  const struct sigaction action = {.sa_handler = OnSignal};
  CHECK(sigaction(SIGTERM, &action, NULL) == 0);
  me = "parent";
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    me = "child";
    errno = 0;
    CHECK(checkpoint_here() == -1 && errno == ENOSYS);
    checkpoint_init(NULL, NULL);
    checkpoint_init(NULL, NULL);  // a second one does nothing
    CHECK(checkpoint_generation() == 0);
    const int r = checkpoint_here();
    CHECK(r == 0 || r == 1);
    return Live(argv[1]);
  }
  return Live(getenv("BEHAVE_GO"));
}
