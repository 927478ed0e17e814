// Intent: a thread that was blocked in a cancellation point at the checkpoint is
// cancelled there after the restart: it ends as cancelled, its cleanup runs, and a
// mutex that it had given into a condition wait is its own again by then.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <semaphore.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <threads.h>

#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static mtx_t c11_mutex;
static cnd_t c11_condition;
static sem_t semaphore;
static pthread_t main_thread;
static int queue, ends[2];
static char fifo[64];

static void Pausing(void) { pause(); }
static void Sleeping(void) { sleep(1000); }
static void Usleeping(void) { usleep(1000000000); }
static void Nanosleeping(void) {
  const struct timespec span = {1000, 0};
  nanosleep(&span, NULL);
}
static void Clocksleeping(void) {
  const struct timespec deadline = In(CLOCK_REALTIME, 1000000);
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &deadline, NULL);
}
static void Thrdsleeping(void) {
  const struct timespec span = {1000, 0};
  thrd_sleep(&span, NULL);
}
static void Polling(void) { poll(NULL, 0, -1); }
static void Ppolling(void) { ppoll(NULL, 0, NULL, NULL); }
static void Selecting(void) { select(0, NULL, NULL, NULL, NULL); }
static void Pselecting(void) { pselect(0, NULL, NULL, NULL, NULL, NULL); }
static void Suspended(void) {
  sigset_t none;
  sigemptyset(&none);
  sigsuspend(&none);
}
static sigset_t Usr2(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  return set;
}
static void Sigwaiting(void) {
  const sigset_t set = Usr2();
  int signal;
  sigwait(&set, &signal);
}
static void Sigwaitinfo(void) {
  const sigset_t set = Usr2();
  sigwaitinfo(&set, NULL);
}
static void Sigtimedwait(void) {
  const sigset_t set = Usr2();
  const struct timespec span = {1000, 0};
  sigtimedwait(&set, NULL, &span);
}
static void Joining(void) { pthread_join(main_thread, NULL); }
static void Timedjoining(void) {
  const struct timespec deadline = In(CLOCK_REALTIME, 1000000);
  pthread_timedjoin_np(main_thread, NULL, &deadline);
}
static void Clockjoining(void) {
  const struct timespec deadline = In(CLOCK_MONOTONIC, 1000000);
  pthread_clockjoin_np(main_thread, NULL, CLOCK_MONOTONIC, &deadline);
}
static void Reading(void) {
  char byte;
  CHECK(read(ends[0], &byte, 1) < 0);
}
static void Opening(void) { CHECK(open(fifo, O_RDONLY | O_CLOEXEC) < 0); }
static void Semaphore(void) { sem_wait(&semaphore); }
static void Timedsemaphore(void) {
  const struct timespec deadline = In(CLOCK_REALTIME, 1000000);
  sem_timedwait(&semaphore, &deadline);
}
static void Clocksemaphore(void) {
  const struct timespec deadline = In(CLOCK_MONOTONIC, 1000000);
  sem_clockwait(&semaphore, CLOCK_MONOTONIC, &deadline);
}
static void Message(void) {
  char message[64];
  msgrcv(queue, message, sizeof(message) - sizeof(long), 0, 0);
}

static void Unlock(void* unused) {
  (void)unused;
  CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}
static void C11Unlock(void* unused) {
  (void)unused;
  CHECK(mtx_trylock(&c11_mutex) == thrd_busy);
  CHECK(mtx_unlock(&c11_mutex) == thrd_success);
}
static void WaitForCondition(int how) {
  const struct timespec wall = In(CLOCK_REALTIME, 1000000);
  const struct timespec steady = In(CLOCK_MONOTONIC, 1000000);
  CHECK(pthread_mutex_lock(&mutex) == 0);
  pthread_cleanup_push(Unlock, NULL);
  if (how == 0) pthread_cond_wait(&condition, &mutex);
  if (how == 1) pthread_cond_timedwait(&condition, &mutex, &wall);
  pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &steady);
  pthread_cleanup_pop(1);
}
static void Condition(void) { WaitForCondition(0); }
static void Timedcondition(void) { WaitForCondition(1); }
static void Clockcondition(void) { WaitForCondition(2); }
static void C11Condition(void) {
  CHECK(mtx_lock(&c11_mutex) == thrd_success);
  pthread_cleanup_push(C11Unlock, NULL);
  cnd_wait(&c11_condition, &c11_mutex);
  pthread_cleanup_pop(1);
}
static void C11Timedcondition(void) {
  const struct timespec wall = In(CLOCK_REALTIME, 1000000);
  CHECK(mtx_lock(&c11_mutex) == thrd_success);
  pthread_cleanup_push(C11Unlock, NULL);
  cnd_timedwait(&c11_condition, &c11_mutex, &wall);
  pthread_cleanup_pop(1);
}

static const struct {
  const char* name;
  void (*block)(void);
  int number;  // of the system call that it blocks in
} points[] = {
    {"pause", Pausing, 34},
    {"sleep", Sleeping, 230},
    {"usleep", Usleeping, 230},
    {"nanosleep", Nanosleeping, 230},
    {"clock_nanosleep", Clocksleeping, 230},
    {"thrd_sleep", Thrdsleeping, 230},
    {"poll", Polling, 7},
    {"ppoll", Ppolling, 271},
    {"select", Selecting, 270},
    {"pselect", Pselecting, 270},
    {"sigsuspend", Suspended, 130},
    {"sigwait", Sigwaiting, 128},
    {"sigwaitinfo", Sigwaitinfo, 128},
    {"sigtimedwait", Sigtimedwait, 128},
    {"pthread_join", Joining, 202},
    {"pthread_timedjoin_np", Timedjoining, 202},
    {"pthread_clockjoin_np", Clockjoining, 202},
    {"sem_wait", Semaphore, 202},
    {"sem_timedwait", Timedsemaphore, 202},
    {"sem_clockwait", Clocksemaphore, 202},
    {"msgrcv", Message, 70},
    {"read", Reading, 0},
    {"open", Opening, 257},
    {"pthread_cond_wait", Condition, 202},
    {"pthread_cond_timedwait", Timedcondition, 202},
    {"pthread_cond_clockwait", Clockcondition, 202},
    {"cnd_wait", C11Condition, 202},
    {"cnd_timedwait", C11Timedcondition, 202},
};
enum { kPoints = sizeof(points) / sizeof(points[0]) };

static int tids[kPoints], cleaned[kPoints];

static void Clean(void* argument) { Count(argument); }

static void* Body(void* argument) {
  const long i = (long)argument;
  pthread_cleanup_push(Clean, &cleaned[i]);
  Set(&tids[i], gettid());
  points[i].block();
  dprintf(2, "%s has returned\n", points[i].name);
  _exit(1);
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  pthread_t threads[kPoints];
  const sigset_t usr2 = Usr2();
  main_thread = pthread_self();
  CHECK(pthread_sigmask(SIG_BLOCK, &usr2, NULL) == 0);
  CHECK(mtx_init(&c11_mutex, mtx_plain) == thrd_success);
  CHECK(cnd_init(&c11_condition) == thrd_success);
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  queue = msgget(IPC_PRIVATE, 0600);
  CHECK(queue >= 0);
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  snprintf(fifo, sizeof(fifo), "fifo.%d", getpid());
  CHECK(mkfifo(fifo, 0600) == 0);
  for (long i = 0; i < kPoints; ++i) {
    threads[i] = Start(Body, (void*)i);
    AwaitSyscall(&tids[i], points[i].number);
  }
  LiveThroughRestarts();
  for (int i = 0; i < kPoints; ++i) {
    CHECK(Get(&cleaned[i]) == 0);
    CHECK(pthread_cancel(threads[i]) == 0);
    if (Join(threads[i]) != PTHREAD_CANCELED || cleaned[i] != 1) {
      dprintf(2, "%s\n", points[i].name);
      CHECK(!"cancelled there");
    }
  }
  CHECK(msgctl(queue, IPC_RMID, NULL) == 0);
  CHECK(unlink(fifo) == 0);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  CHECK(mtx_trylock(&c11_mutex) == thrd_success);
  return Done();
}
