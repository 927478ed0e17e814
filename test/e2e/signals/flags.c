// Intent: each flag of an action does what it says before and after restarts,
// also for a handler that stands still in a checkpoint: SA_NODEFER,
// SA_RESETHAND, SA_ONSTACK, SA_RESTART, SA_SIGINFO, SA_NOCLDSTOP, SA_NOCLDWAIT.
// RUN: %build_c
// RUN: %generations --interval 0.03 %t
// RUN: %generations --interval 0.03 --ids ns %t
// RUN: %generations --interval 0.03 --ids new %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations --interval 0.03 --ids new %t.static
#include <sys/prctl.h>
#include <sys/wait.h>

#include "behave.h"

enum { kDepth = 5 };

static char alternate[256 << 10];
static int depth, deepest, calls, children;

static void Arrange(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(signal, &action, NULL) == 0);
}

static struct sigaction Now(int signal) {
  struct sigaction now;
  CHECK(sigaction(signal, NULL, &now) == 0);
  return now;
}

static int OnAlternate(const void* at) {
  return (const char*)at >= alternate &&
         (const char*)at < alternate + sizeof(alternate);
}

// A moment in which a checkpoint may come.
static void Stay(void) { poll(NULL, 0, 2); }

static int Blocks(int signal) {
  sigset_t mask;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  return sigismember(&mask, signal);
}

static void OnNested(int signal) {
  CHECK(!Blocks(signal));
  if (++depth > deepest) deepest = depth;
  Stay();
  if (depth < kDepth) CHECK(raise(signal) == 0);
  Stay();
  --depth;
}

static void NoDefer(void) {
  Arrange(SIGUSR1, OnNested, SA_NODEFER);
  deepest = 0;
  CHECK(raise(SIGUSR1) == 0);
  CHECK(deepest == kDepth && depth == 0);
}

static void OnDeferred(int signal) {
  char here;
  CHECK(Blocks(signal) && OnAlternate(&here));
  const int before = calls;
  if (before < 2) CHECK(raise(signal) == 0);
  Stay();
  CHECK(calls == before && Blocks(signal));
  ++calls;
}

static void OnStack(void) {
  Arrange(SIGUSR2, OnDeferred, SA_ONSTACK | SA_RESTART);
  calls = 0;
  CHECK(raise(SIGUSR2) == 0);
  CHECK(calls == 3 && !Blocks(SIGUSR2));
}

static void OnOnce(int signal, siginfo_t* info, void* context) {
  char here;
  CHECK(info->si_code == SI_TKILL && info->si_signo == signal);
  CHECK(context != NULL && !OnAlternate(&here));
  // It was reset before the handler was called.
  CHECK(Now(signal).sa_handler == SIG_DFL);
  Stay();
  CHECK(Now(signal).sa_handler == SIG_DFL);
  ++calls;
}

static void ResetHand(void) {
  struct sigaction action = {.sa_sigaction = OnOnce,
                             .sa_flags = SA_RESETHAND | SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(SIGHUP, &action, NULL) == 0);
  Stay();
  CHECK(Now(SIGHUP).sa_sigaction == OnOnce);
  CHECK((Now(SIGHUP).sa_flags & SA_RESETHAND) != 0);
  calls = 0;
  CHECK(raise(SIGHUP) == 0);
  CHECK(calls == 1);
  // Of a reset handler SIG_DFL is what is left: it is handled anew.
  Arrange(SIGHUP, SIG_IGN, 0);
  CHECK(raise(SIGHUP) == 0);
}

static void OnChild(int signal) {
  (void)signal;
  Count(&children);
}

static pid_t Child(int stops) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    // A stopped one would stay when the program is killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    if (stops) raise(SIGSTOP);
    _exit(3);
  }
  return child;
}

static void StopAndGoOn(int told) {
  int status;
  Set(&children, 0);
  const pid_t child = Child(1);
  while (waitpid(child, &status, WUNTRACED) != child) CHECK(errno == EINTR);
  CHECK(WIFSTOPPED(status));
  CHECK(kill(child, SIGCONT) == 0);
  while (waitpid(child, &status, 0) != child) CHECK(errno == EINTR);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
  // Those that wait at once are one; a child tells at its end in any case.
  if (told) {
    CHECK(Get(&children) >= 2);
  } else {
    CHECK(Get(&children) == 1);
  }
}

static void Children(void) {
  int status;
  Arrange(SIGCHLD, OnChild, SA_RESTART);
  StopAndGoOn(1);
  Arrange(SIGCHLD, OnChild, SA_NOCLDSTOP);
  Stay();
  StopAndGoOn(0);
  Arrange(SIGCHLD, OnChild, SA_NOCLDWAIT | SA_NOCLDSTOP);
  Stay();
  Set(&children, 0);
  const pid_t child = Child(0);
  // It leaves nothing behind, and tells all the same.
  int r;
  while ((r = waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  CHECK(r == -1 && errno == ECHILD);
  Await(&children, 1);
  CHECK(kill(child, 0) == -1 && errno == ESRCH);
  Arrange(SIGCHLD, SIG_IGN, 0);
  CHECK(waitpid(Child(0), &status, 0) == -1 && errno == ECHILD);
}

int main(void) {
  const stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
  CHECK(sigaltstack(&stack, NULL) == 0);
  Ready();
  do {
    NoDefer();
    OnStack();
    ResetHand();
    Children();
  } while (!Go());
  return Done();
}
