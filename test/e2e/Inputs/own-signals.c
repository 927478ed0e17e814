// own-signals.c - threads that wait for ever, each in another call, and signals
// of the program's own for them: a call ends with EINTR after a handler of the
// thread's has run, one with SA_RESTART only where no call is restarted, and
// after nothing else. `own-signals all` uses descriptors, too.
#include <linux/futex.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kLongMs = 600000 };
static const struct timespec kLong = {kLongMs / 1000, 0};

static int Nanosleep(void) {
  struct timespec left = {0, 0};
  const int r = nanosleep(&kLong, &left);
  CHECK(left.tv_sec > 0 && left.tv_sec < kLong.tv_sec);
  return r;
}
static int RawNanosleep(void) { return (int)syscall(SYS_nanosleep, &kLong, 0); }
static int ClockNanosleep(void) {
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &kLong, NULL);
  return errno == 0 ? 0 : -1;
}
static int Poll(void) { return poll(NULL, 0, kLongMs); }
static int PollForEver(void) { return poll(NULL, 0, -1); }
static int Ppoll(void) { return ppoll(NULL, 0, &kLong, NULL); }
static int Select(void) { return select(0, NULL, NULL, NULL, NULL); }
static int RawPoll(void) { return (int)syscall(SYS_poll, NULL, 0, kLongMs); }
static int InlinePoll(void) {
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_poll), "D"(0), "S"(0), "d"(kLongMs)
                   : "rcx", "r11", "memory");
  errno = (int)-result;
  return result < 0 ? -1 : 0;
}
static int Pause_(void) { return pause(); }
static int Sigsuspend(void) {
  sigset_t none;
  sigemptyset(&none);
  return sigsuspend(&none);
}
static int Sigtimedwait(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGURG);
  return sigtimedwait(&set, NULL, &kLong);
}
static sem_t semaphore;
static int SemTimedwait(void) {
  const struct timespec end = In(CLOCK_REALTIME, kLongMs);
  return sem_timedwait(&semaphore, &end);
}
static int Futex(void) {
  int word = 0;
  return (int)syscall(SYS_futex, &word, FUTEX_WAIT, 0, &kLong, 0, 0);
}
static int SemWait(void) { return sem_wait(&semaphore); }
static int lock_file[2];
static int Flock(void) { return flock(lock_file[1], LOCK_EX); }
static int pipe_fds[2], sockets[2], epoll_fd, queue, set_of_semaphores;
static int Read(void) {
  char byte;
  return (int)read(pipe_fds[0], &byte, 1);
}
static int Receive(void) {
  char byte;
  return (int)recv(sockets[0], &byte, 1, 0);
}
static int ReceiveWithTimeout(void) {
  char byte;
  return (int)recv(sockets[1], &byte, 1, 0);
}
static int Epoll(void) {
  struct epoll_event event;
  return epoll_wait(epoll_fd, &event, 1, kLongMs);
}
static int Msgrcv(void) {
  long message[2];
  return (int)msgrcv(queue, message, 8, 0, 0);
}
static int Semop(void) {
  struct sembuf down = {0, -1, 0};
  return semop(set_of_semaphores, &down, 1);
}

static const struct Way {
  int (*wait)(void);
  int restarted;  // by SA_RESTART
  int carried;
} kWays[] = {{Nanosleep, 0, 1}, {RawNanosleep, 0, 1}, {ClockNanosleep, 0, 1},
             {Poll, 0, 1}, {PollForEver, 0, 1}, {Ppoll, 0, 1}, {Select, 0, 1},
             {RawPoll, 0, 1}, {InlinePoll, 0, 1}, {Pause_, 0, 1},
             {Sigsuspend, 0, 1}, {Sigtimedwait, 0, 1}, {SemTimedwait, 0, 1},
             {Futex, 0, 1}, {SemWait, 1, 1}, {Flock, 1, 0}, {Read, 1, 0},
             {Receive, 1, 0}, {ReceiveWithTimeout, 0, 0}, {Epoll, 0, 0},
             {Msgrcv, 0, 0}, {Semop, 0, 0}};
enum { kWayCount = sizeof(kWays) / sizeof(kWays[0]) };

static int ended[kWayCount], over;
static __thread volatile int plain, restarting;

static void OnPlain(int unused) {
  ++plain;
  (void)unused;
}
static void OnRestarting(int unused) {
  ++restarting;
  (void)unused;
}

static void* Wait(void* argument) {
  const struct Way* way = argument;
  while (!Get(&over)) {
    const int p = plain, r = restarting;
    errno = 0;
    CHECK(way->wait() == -1 && errno == EINTR);
    CHECK(plain != p || (!way->restarted && restarting != r));
    Count(&ended[way - kWays]);
  }
  return NULL;
}

int main(int argc, char** argv) {
  const int all = argc > 1 && strcmp(argv[1], "all") == 0;
  (void)argv;
  struct sigaction action = {.sa_handler = OnPlain};
  sigaction(SIGUSR1, &action, NULL);
  action.sa_handler = OnRestarting;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR2, &action, NULL);
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  if (all) {
    for (int i = 0; i < 2; ++i) lock_file[i] = open("/tmp", O_RDONLY);
    for (int i = 0; i < 2; ++i) {
      char name[] = "/tmp/ckpt-own-signals.XXXXXX";
      static char first[sizeof(name)];
      if (i == 0) close(mkstemp(strcpy(first, name)));
      close(lock_file[i]);
      lock_file[i] = open(first, O_RDWR);
      if (i == 1) unlink(first);
    }
    CHECK(flock(lock_file[0], LOCK_EX) == 0);
    CHECK(pipe(pipe_fds) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    const struct timeval span = {kLong.tv_sec, 0};
    CHECK(setsockopt(sockets[1], SOL_SOCKET, SO_RCVTIMEO, &span,
                     sizeof(span)) == 0);
    CHECK((epoll_fd = epoll_create1(0)) >= 0);
    CHECK((queue = msgget(IPC_PRIVATE, 0600)) >= 0);
    CHECK((set_of_semaphores = semget(IPC_PRIVATE, 1, 0600)) >= 0);
  }
  pthread_t threads[kWayCount];
  for (int i = 0; i < kWayCount; ++i) {
    if (all || kWays[i].carried) threads[i] = Start(Wait, (void*)&kWays[i]);
  }
  Ready();
  // Each must be seen to end in each generation, and often.
  int generation = -1, wanted = 0, least;
  do {
    if (generation != checkpoint_generation()) {
      generation = checkpoint_generation();
      wanted = 0;
      for (int i = 0; i < kWayCount; ++i) {
        if (Get(&ended[i]) > wanted) wanted = Get(&ended[i]);
      }
      wanted += all ? 300 : 30;
    }
    least = wanted;
    for (int i = 0; i < kWayCount; ++i) {
      if (!all && !kWays[i].carried) continue;
      CHECK(pthread_kill(threads[i], rand() % 3 ? SIGUSR1 : SIGUSR2) == 0);
      if (Get(&ended[i]) < least) least = Get(&ended[i]);
    }
    if (rand() % 2) Pause();
  } while (least < wanted || (!all && !Go()));
  Set(&over, 1);
  for (int i = 0; i < kWayCount; ++i) {
    if (!all && !kWays[i].carried) continue;
    while (pthread_tryjoin_np(threads[i], NULL) != 0) {
      pthread_kill(threads[i], SIGUSR1);
      Pause();
    }
  }
  if (all) {
    msgctl(queue, IPC_RMID, NULL);
    semctl(set_of_semaphores, 0, IPC_RMID);
  }
  return Done();
}
