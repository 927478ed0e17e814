// Intent: what a program knows of itself is the same in each life: its ids and
// its parent's, arguments, environment, name, command line, program file, and
// what the kernel told it at the start (the auxiliary vector); it can signal
// itself by each of the ids, and wait for its own children.
// RUN: %build_c
// RUN: %generations %t one "two words" ''
// RUN: %generations --ids ns %t one "two words" ''
// RUN: %generations --ids new %t one "two words" ''
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations --ids new %t.static one "two words" ''
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "behave.h"

extern char** environ;

enum { kMost = 64, kText = 4096 };

static const unsigned long kAux[] = {
    AT_PHDR,   AT_PHENT,  AT_PHNUM,    AT_PAGESZ,      AT_BASE,
    AT_FLAGS,  AT_ENTRY,  AT_UID,      AT_EUID,        AT_GID,
    AT_EGID,   AT_SECURE, AT_CLKTCK,   AT_HWCAP,       AT_HWCAP2,
    AT_RANDOM, AT_EXECFN, AT_PLATFORM, AT_SYSINFO_EHDR};
enum { kAuxCount = sizeof(kAux) / sizeof(kAux[0]) };

struct Identity {
  pid_t pid, tid, by_number, tid_by_number;
  char* const* arguments;
  char** environment;
  unsigned long aux[kAuxCount];
  char name[16], command[kText], surroundings[kText], program[kText];
  char aux_file[kText];
  ssize_t command_size, surroundings_size, aux_size;
};

static int got;

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR1);
  Count(&got);
}

static ssize_t ReadFile(const char* path, char* text) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  CHECK(fd >= 0);
  const ssize_t n = read(fd, text, kText);
  CHECK(n >= 0);
  close(fd);
  return n;
}

static void Learn(struct Identity* me, char** arguments) {
  memset(me, 0, sizeof(*me));
  me->pid = getpid();
  me->tid = gettid();
  me->by_number = (pid_t)syscall(SYS_getpid);
  me->tid_by_number = (pid_t)syscall(SYS_gettid);
  me->arguments = arguments;
  me->environment = environ;
  for (int i = 0; i < kAuxCount; ++i) me->aux[i] = getauxval(kAux[i]);
  CHECK(prctl(PR_GET_NAME, me->name) == 0);
  me->command_size = ReadFile("/proc/self/cmdline", me->command);
  me->surroundings_size = ReadFile("/proc/self/environ", me->surroundings);
  me->aux_size = ReadFile("/proc/self/auxv", me->aux_file);
  CHECK(readlink("/proc/self/exe", me->program, kText) > 0);
}

static void CheckSame(const struct Identity* a, const struct Identity* b) {
  CHECK(a->pid == b->pid && a->tid == b->tid);
  CHECK(a->by_number == b->by_number && a->tid_by_number == b->tid_by_number);
  CHECK(a->arguments == b->arguments && a->environment == b->environment);
  for (int i = 0; i < kAuxCount; ++i) CHECK(a->aux[i] == b->aux[i]);
  CHECK(strcmp(a->name, b->name) == 0);
  CHECK(a->command_size == b->command_size);
  CHECK(memcmp(a->command, b->command, kText) == 0);
  CHECK(a->surroundings_size == b->surroundings_size);
  CHECK(memcmp(a->surroundings, b->surroundings, kText) == 0);
  CHECK(a->aux_size == b->aux_size);
  CHECK(memcmp(a->aux_file, b->aux_file, kText) == 0);
  CHECK(strcmp(a->program, b->program) == 0);
}

static void SignalItself(const struct Identity* me) {
  int sent = Get(&got);
  CHECK(kill(me->pid, SIGUSR1) == 0);
  Await(&got, ++sent);
  CHECK(tgkill(me->pid, me->tid, SIGUSR1) == 0);
  CHECK(Get(&got) == ++sent);
  CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0);
  CHECK(Get(&got) == ++sent);
  CHECK(raise(SIGUSR1) == 0);
  CHECK(Get(&got) == ++sent);
  CHECK(syscall(SYS_tgkill, me->pid, me->tid, SIGUSR1) == 0);
  CHECK(Get(&got) == ++sent);
  CHECK(syscall(SYS_kill, me->pid, SIGUSR1) == 0);
  Await(&got, ++sent);
  CHECK(kill(me->pid, 0) == 0);
}

static void WaitForChild(const struct Identity* me) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    // It knows its parent by the id that the parent knows itself by.
    _exit(getppid() == me->pid && getpid() != me->pid ? 5 : 6);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
  CHECK(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD);
}

int main(int argc, char** argv) {
  static struct Identity first, now;
  CHECK(argc == 4 && strcmp(argv[1], "one") == 0);
  CHECK(strcmp(argv[2], "two words") == 0 && argv[3][0] == 0);
  CHECK(argv[4] == NULL);
  CHECK(setenv("SET_IN_THE_FIRST_LIFE", "yes", 1) == 0);
  CHECK(prctl(PR_SET_NAME, "its own name") == 0);
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  Learn(&first, argv);
  Ready();
  do {
    Learn(&now, argv);
    CheckSame(&first, &now);
    CHECK(strcmp(getenv("SET_IN_THE_FIRST_LIFE"), "yes") == 0);
    CHECK(strcmp(argv[2], "two words") == 0 && argv[4] == NULL);
    CHECK(getppid() >= 0 && getppid() != getpid());
    SignalItself(&first);
    WaitForChild(&first);
    Pause();
  } while (!Go());
  return Done();
}
