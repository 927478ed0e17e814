// daemon.c - becomes a daemon, and tells who it is in the file "who": pid and
// generation. With "later" only when the file "become" is there. Ends with its
// token, and leaves "OK <generation>" in the file "end".
#include "behave.h"

static void Tell(const char* path, const char* what, int number) {
  char text[64];
  const int n = snprintf(text, sizeof(text), "%s%d %d\n", what, number,
                         checkpoint_generation());
  const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  CHECK(fd >= 0 && write(fd, text, n) == n && close(fd) == 0);
}

static void* Idle(void* unused) {
  AwaitGo();
  return unused;
}

int main(int argc, char** argv) {
  (void)argv;
  const pid_t first = getpid();
  pthread_t gone = 0;
  if (argc > 1) {
    gone = Start(Idle, NULL);
    Ready();
    while (access("become", F_OK) != 0) Pause();
  }
  // The directory stays; the standard streams become /dev/null.
  CHECK(daemon(1, 0) == 0);
  (void)gone;  // only this thread has come along
  const pid_t self = getpid();
  CHECK(self != first && self == gettid() && getsid(0) == self);
  const pthread_t thread = Start(Idle, NULL);
  Tell("who", "", self);
  while (!Go()) {
    CHECK(getpid() == self && gettid() == self);
    Pause();
  }
  Join(thread);
  Tell("end", "OK ", self);
  return 0;
}
