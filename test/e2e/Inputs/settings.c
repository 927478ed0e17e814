// A program for state/*.py: with the argument "own" its worker thread and the
// process choose settings of their own, with "fifo" the worker thread a
// real-time policy, with "none" nobody does. In the end it prints what each
// thread and the process have.
#include <sys/prctl.h>
#include <sys/resource.h>

#include "state/sched.h"

static int running;

static void Choose(void) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
  CHECK(setpriority(PRIO_PROCESS, 0, 15) == 0);
  CHECK(prctl(PR_SET_TIMERSLACK, 70000) == 0);
  CHECK(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6) == 0);
}

static void ChooseForProcess(void) {
  struct rlimit files = {300, 400};
  CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
}

static void Print(const char* who) {
  char line[256];
  cpu_set_t cpus;
  CHECK(sched_getaffinity(0, sizeof(cpus), &cpus) == 0);
  snprintf(line, sizeof(line), "%s: cpus %d nice %d slack %d io %ld policy %d\n",
           who, CPU_COUNT(&cpus), getpriority(PRIO_PROCESS, 0),
           prctl(PR_GET_TIMERSLACK), syscall(SYS_ioprio_get, 1, 0),
           sched_getscheduler(0));
  Say(line);
}

static void PrintProcess(void) {
  char line[256];
  struct rlimit files, core;
  int subreaper;
  CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(getrlimit(RLIMIT_CORE, &core) == 0);
  CHECK(prctl(PR_GET_CHILD_SUBREAPER, &subreaper) == 0);
  snprintf(line, sizeof(line),
           "process: files %ld %ld core %ld subreaper %d\n",
           (long)files.rlim_cur, (long)files.rlim_max, (long)core.rlim_cur,
           subreaper);
  Say(line);
}

static void* Worker(void* argument) {
  const char* choice = argument;
  if (strcmp(choice, "own") == 0) Choose();
  if (strcmp(choice, "fifo") == 0) {
    SetSched((struct Sched){.policy = SCHED_FIFO, .priority = 10});
  }
  Count(&running);
  AwaitGo();
  Print("worker");
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  if (strcmp(argv[1], "own") == 0) ChooseForProcess();
  const pthread_t thread = Start(Worker, argv[1]);
  Await(&running, 1);
  LiveThroughRestarts();
  Join(thread);
  Print("main");
  PrintProcess();
  return Done();
}
