/* behave.h - what the behaviour programs share.
 *
 * A program brings about a state, says Ready(), is checkpointed, killed and
 * restarted by generations.py any number of times, and is let out of AwaitGo()
 * at the end. Then it checks what it knows to be true and ends with Done().
 *
 * Threads are put in order by atomics and poll, which no hook sees: the runtime
 * under test has no part in it. */
#ifndef BEHAVE_H
#define BEHAVE_H

#include <checkpoint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      const int error = errno;                                        \
      dprintf(2, "%s:%d: wrong: %s (errno %d)\n", __FILE__, __LINE__, \
              #condition, error);                                     \
      _exit(1);                                                       \
    }                                                                 \
  } while (0)

/* A moment, without a call that is hooked. */
static inline void Pause(void) { poll(NULL, 0, 1); }

static inline void Set(int* word, int value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static inline int Get(int* word) {
  return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void Count(int* word) {
  __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
}

static inline void Await(int* word, int value) {
  while (Get(word) < value) Pause();
}

static inline void Say(const char* line) {
  CHECK(write(1, line, strlen(line)) == (ssize_t)strlen(line));
}

static inline void Ready(void) { Say("ready\n"); }

/* True when the token is there. The environment is the image's. */
static inline int Go(void) {
  const char* token = getenv("BEHAVE_GO");
  return token == NULL || access(token, F_OK) == 0;
}

static inline void AwaitGo(void) {
  while (!Go()) Pause();
}

static inline int Done(void) {
  char line[64];
  snprintf(line, sizeof(line), "OK %d\n", checkpoint_generation());
  Say(line);
  return 0;
}

/* The end of most tests: ready, any number of restarts, token. */
static inline void LiveThroughRestarts(void) {
  Ready();
  AwaitGo();
}

/* A thread that waits in the kernel for a futex, a sleep, ... : from outside.
 * True if `tid` is in system call `number`. */
static inline int IsInSyscall(pid_t tid, long number) {
  char path[64], text[128] = "";
  snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t n = read(fd, text, sizeof(text) - 1);
  close(fd);
  return n > 0 && text[0] >= '0' && text[0] <= '9' && atol(text) == number;
}

static inline void AwaitSyscall(int* tid, long number) {
  while (Get(tid) == 0 || !IsInSyscall(Get(tid), number)) Pause();
}

/* Waits for a lock, a condition, a semaphore, an end. In the first life only:
 * later /proc may know the thread by another id. */
static inline void AwaitFutex(int* tid) { AwaitSyscall(tid, 202); }

/* `ms` from now. */
static inline struct timespec In(clockid_t clock, long ms) {
  struct timespec t;
  CHECK(clock_gettime(clock, &t) == 0);
  t.tv_sec += ms / 1000;
  t.tv_nsec += ms % 1000 * 1000000;
  if (t.tv_nsec >= 1000000000) {
    t.tv_nsec -= 1000000000;
    ++t.tv_sec;
  }
  return t;
}

/* How long `moment` has passed, in seconds: below 0 if it is still to come. */
static inline double Since(clockid_t clock, const struct timespec* moment) {
  struct timespec t;
  CHECK(clock_gettime(clock, &t) == 0);
  return (double)(t.tv_sec - moment->tv_sec) +
         (double)(t.tv_nsec - moment->tv_nsec) * 1e-9;
}

/* That a wait has ended at `deadline`: no sooner, and not for another reason
 * long after. */
static inline void CheckEnded(clockid_t clock,
                              const struct timespec* deadline) {
  const double late = Since(clock, deadline);
  CHECK(late >= 0 && late < 30);
}

static inline pthread_t Start(void* (*body)(void*), void* argument) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, body, argument) == 0);
  return thread;
}

static inline void* Join(pthread_t thread) {
  void* result;
  CHECK(pthread_join(thread, &result) == 0);
  return result;
}

#endif
