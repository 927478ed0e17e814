// blocking.c - calls that wait, one thread each, made again and again until the
// time is over while checkpoints come: none may be seen. `blocking SECONDS
// [NAME...]` prints how often each was made; 0 seconds: through generations.
#include <linux/futex.h>
#include <linux/aio_abi.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>

#include "behave.h"

enum { kShortMs = 60, kBig = 1 << 20, kSlice = 1 << 15 };

static char directory[] = "/tmp/ckpt-blocking.XXXXXX";

static void After(int ms) { syscall(SYS_poll, NULL, 0, ms); }

static int64_t NowMs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static const struct timespec kSpan = {0, kShortMs * 1000000L};

#define LASTS(call)                       \
  do {                                    \
    const int64_t begin = NowMs();        \
    CHECK(call);                          \
    if (NowMs() - begin < kShortMs - 1) dprintf(2, "early %d: %d\n", __LINE__, (int)(NowMs() - begin)); \
  } while (0)

// Does something a little later, in another thread.
struct Later {
  pthread_t thread;
  void (*act)(int);
  int argument;
};
static void* LaterBody(void* argument) {
  const struct Later* later = argument;
  After(5 + rand() % 30);
  later->act(later->argument);
  return NULL;
}
static void Later(struct Later* later, void (*act)(int), int argument) {
  later->act = act;
  later->argument = argument;
  later->thread = Start(LaterBody, later);
}

static void WriteByte(int fd) { CHECK(write(fd, "x", 1) == 1); }
static void WriteEight(int fd) {
  const uint64_t one = 1;
  CHECK(write(fd, &one, 8) == 8);
}
static void ReadSlowly(int fd) {
  static __thread char buffer[kSlice];
  for (int64_t left = kBig; left > 0;) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    CHECK(n > 0);
    left -= n;
    if (rand() % 4 == 0) After(3);
  }
}
static void WriteSlowly(int fd) {
  static const char buffer[kSlice];
  for (int64_t left = kBig; left > 0; left -= kSlice) {
    CHECK(write(fd, buffer, sizeof(buffer)) == (ssize_t)sizeof(buffer));
    if (rand() % 4 == 0) After(3);
  }
}

static void CloseBoth(int* fds) {
  CHECK(close(fds[0]) == 0);
  CHECK(close(fds[1]) == 0);
}

// Sleeps.

static void Nanosleep(void) {
  struct timespec left;
  LASTS(nanosleep(&kSpan, &left) == 0);
}
static void ClockNanosleep(void) {
  LASTS(clock_nanosleep(CLOCK_BOOTTIME, 0, &kSpan, NULL) == 0);
}
static void Usleep(void) { LASTS(usleep(kShortMs * 1000) == 0); }
static void RawNanosleep(void) {
  LASTS(syscall(SYS_nanosleep, &kSpan, NULL) == 0);
}

// Polling.

static void Poll(void) { LASTS(poll(NULL, 0, kShortMs) == 0); }
static void Ppoll(void) { LASTS(ppoll(NULL, 0, &kSpan, NULL) == 0); }
static void Select(void) {
  struct timeval span = {0, kShortMs * 1000};
  LASTS(select(0, NULL, NULL, NULL, &span) == 0);
}
static void Pselect(void) {
  LASTS(pselect(0, NULL, NULL, NULL, &kSpan, NULL) == 0);
}
static void Epoll(void) {
  struct epoll_event event;
  const int fd = epoll_create1(0);
  LASTS(epoll_wait(fd, &event, 1, kShortMs) == 0);
  LASTS(epoll_pwait(fd, &event, 1, kShortMs, NULL) == 0);
  LASTS(epoll_pwait2(fd, &event, 1, &kSpan, NULL) == 0);
  CHECK(close(fd) == 0);
}
static void RawPolls(void) {
  struct timespec span = kSpan;
  struct timeval time = {0, kShortMs * 1000};
  struct epoll_event event;
  const int fd = epoll_create1(0);
  LASTS(syscall(SYS_poll, NULL, 0, kShortMs) == 0);
  LASTS(syscall(SYS_ppoll, NULL, 0, &span, NULL, 8) == 0);
  LASTS(syscall(SYS_select, 0, NULL, NULL, NULL, &time) == 0);
  span = kSpan;
  LASTS(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &span, NULL) == 0);
  LASTS(syscall(SYS_epoll_wait, fd, &event, 1, kShortMs) == 0);
  LASTS(syscall(SYS_epoll_pwait, fd, &event, 1, kShortMs, NULL, 8) == 0);
  LASTS(syscall(SYS_epoll_pwait2, fd, &event, 1, &kSpan, NULL, 8) == 0);
  CHECK(close(fd) == 0);
}

// The same without the C library, as a library may do it.
static long Inline(long number, long a, long b, long c, long d, long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
static void InlineAssembly(void) {
  int word = 0;
  LASTS(Inline(SYS_nanosleep, (long)&kSpan, 0, 0, 0, 0) == 0);
  LASTS(Inline(SYS_poll, 0, 0, kShortMs, 0, 0) == 0);
  LASTS(Inline(SYS_futex, (long)&word, FUTEX_WAIT, 0, (long)&kSpan, 0) ==
        -ETIMEDOUT);
  LASTS(Inline(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&kSpan, 0, 0) ==
        0);
}

// Futexes.

static void Futex(void) {
  int word = 0;
  LASTS(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &kSpan, NULL, 0) == -1 &&
        errno == ETIMEDOUT);
  const struct timespec end = In(CLOCK_MONOTONIC, kShortMs);
  LASTS(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &end, NULL, ~0u) ==
            -1 && errno == ETIMEDOUT);
}
static void FutexWaitv(void) {
  static uint32_t word;
  struct {
    uint64_t value, address;
    uint32_t flags, reserved;
  } waiter = {0, (uint64_t)&word, 2, 0};
  const struct timespec end = In(CLOCK_MONOTONIC, kShortMs);
  LASTS(syscall(449, &waiter, 1, 0, &end, CLOCK_MONOTONIC) == -1 &&
        (errno == ETIMEDOUT || errno == ENOSYS));
}
static void Semaphores(void) {
  sem_t semaphore;
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  struct timespec end = In(CLOCK_REALTIME, kShortMs);
  LASTS(sem_timedwait(&semaphore, &end) == -1 && errno == ETIMEDOUT);
  end = In(CLOCK_MONOTONIC, kShortMs);
  LASTS(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &end) == -1 &&
        errno == ETIMEDOUT);
}

// Signals.

static void BlockUsr1(sigset_t* set) {
  sigemptyset(set);
  sigaddset(set, SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, set, NULL) == 0);
}
static pthread_t signal_target;
static void SendUsr1(int unused) {
  CHECK(pthread_kill(signal_target, SIGUSR1) == 0);
  (void)unused;
}
static void Sigwait(void) {
  sigset_t set;
  siginfo_t info;
  struct Later later;
  int signal;
  BlockUsr1(&set);
  signal_target = pthread_self();
  LASTS(sigtimedwait(&set, &info, &kSpan) == -1 && errno == EAGAIN);
  LASTS(syscall(SYS_rt_sigtimedwait, &set, &info, &kSpan, 8) == -1 &&
        errno == EAGAIN);
  Later(&later, SendUsr1, 0);
  CHECK(sigwaitinfo(&set, &info) == SIGUSR1);
  Join(later.thread);
  Later(&later, SendUsr1, 0);
  CHECK(sigwait(&set, &signal) == 0 && signal == SIGUSR1);
  Join(later.thread);
}
static void Signalfd(void) {
  static pthread_t self;
  sigset_t set;
  struct signalfd_siginfo info;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  self = pthread_self();
  const int fd = signalfd(-1, &set, 0);
  After(kShortMs);
  CHECK(pthread_kill(self, SIGUSR2) == 0);
  CHECK(read(fd, &info, sizeof(info)) == sizeof(info));
  CHECK(close(fd) == 0);
}

// Pipes, sockets.

static void PipeRead(void) {
  int fds[2];
  char byte;
  struct Later later;
  CHECK(pipe(fds) == 0);
  Later(&later, WriteByte, fds[1]);
  CHECK(read(fds[0], &byte, 1) == 1);
  Join(later.thread);
  CloseBoth(fds);
}
static void PipeWrite(void) {
  static char big[kBig];
  int fds[2];
  struct Later later;
  CHECK(pipe(fds) == 0);
  Later(&later, ReadSlowly, fds[0]);
  CHECK(write(fds[1], big, kBig) == kBig);
  Join(later.thread);
  Later(&later, ReadSlowly, fds[0]);
  CHECK(syscall(SYS_write, fds[1], big, (size_t)kBig) == kBig);
  Join(later.thread);
  Later(&later, ReadSlowly, fds[0]);
  struct iovec parts[64];
  for (int i = 0; i < 64; ++i) {
    parts[i] = (struct iovec){big + i * (kBig / 64), kBig / 64};
  }
  CHECK(writev(fds[1], parts, 64) == kBig);
  Join(later.thread);
  CloseBoth(fds);
}
static void SocketSend(void) {
  static char big[kBig];
  int fds[2];
  struct Later later;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  Later(&later, ReadSlowly, fds[0]);
  CHECK(send(fds[1], big, kBig, 0) == kBig);
  Join(later.thread);
  Later(&later, ReadSlowly, fds[0]);
  struct iovec parts[64];
  for (int i = 0; i < 64; ++i) {
    parts[i] = (struct iovec){big + i * (kBig / 64), kBig / 64};
  }
  const struct msghdr message = {.msg_iov = parts, .msg_iovlen = 64};
  CHECK(sendmsg(fds[1], &message, 0) == kBig);
  Join(later.thread);
  Later(&later, ReadSlowly, fds[0]);
  struct mmsghdr messages[2] = {
      {.msg_hdr = {.msg_iov = parts, .msg_iovlen = 32}},
      {.msg_hdr = {.msg_iov = parts + 32, .msg_iovlen = 32}}};
  CHECK(sendmmsg(fds[1], messages, 2, 0) == 2);
  CHECK(messages[0].msg_len == kBig / 2 && messages[1].msg_len == kBig / 2);
  Join(later.thread);
  CloseBoth(fds);
}
static void SocketReceive(void) {
  static char big[kBig];
  int fds[2];
  struct Later later;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  Later(&later, WriteSlowly, fds[0]);
  CHECK(recv(fds[1], big, kBig, MSG_WAITALL) == kBig);
  Join(later.thread);
  Later(&later, WriteSlowly, fds[0]);
  struct iovec parts[] = {{big, kBig / 2}, {big + kBig / 2, kBig / 2}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  CHECK(recvmsg(fds[1], &message, MSG_WAITALL) == kBig);
  Join(later.thread);
  CloseBoth(fds);
}
static void SendDatagrams(int fd) {
  for (int i = 0; i < 5; ++i) {
    After(7);
    CHECK(send(fd, &i, sizeof(i), 0) == sizeof(i));
  }
}
static void ReceiveMessages(void) {
  int fds[2], words[5];
  struct Later later;
  struct iovec parts[5];
  struct mmsghdr messages[5];
  memset(messages, 0, sizeof(messages));
  for (int i = 0; i < 5; ++i) {
    parts[i] = (struct iovec){&words[i], sizeof(int)};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
  Later(&later, SendDatagrams, fds[0]);
  CHECK(recvmmsg(fds[1], messages, 5, 0, NULL) == 5);
  for (int i = 0; i < 5; ++i) CHECK(words[i] == i);
  Join(later.thread);
  CloseBoth(fds);
}
static void Timeout(int fd, int option) {
  const struct timeval span = {0, kShortMs * 1000};
  CHECK(setsockopt(fd, SOL_SOCKET, option, &span, sizeof(span)) == 0);
}
static void SocketTimeouts(void) {
  static char big[kBig];
  int fds[2];
  struct iovec part = {big, sizeof(big)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  Timeout(fds[0], SO_RCVTIMEO);
  Timeout(fds[0], SO_SNDTIMEO);
  LASTS(recv(fds[0], big, 1, 0) == -1 && errno == EAGAIN);
  LASTS(read(fds[0], big, 1) == -1 && errno == EAGAIN);
  LASTS(readv(fds[0], &part, 1) == -1 && errno == EAGAIN);
  LASTS(recvfrom(fds[0], big, 1, 0, NULL, NULL) == -1 && errno == EAGAIN);
  LASTS(recvmsg(fds[0], &message, 0) == -1 && errno == EAGAIN);
  LASTS(syscall(SYS_recvfrom, fds[0], big, 1, 0, NULL, NULL) == -1 &&
        errno == EAGAIN);
  while (send(fds[0], big, 4096, MSG_DONTWAIT) > 0) continue;
  LASTS(send(fds[0], big, 4096, 0) == -1 && errno == EAGAIN);
  LASTS(write(fds[0], big, 4096) == -1 && errno == EAGAIN);
  LASTS(writev(fds[0], &part, 1) == -1 && errno == EAGAIN);
  LASTS(sendmsg(fds[0], &message, 0) == -1 && errno == EAGAIN);
  CloseBoth(fds);
}

static void AcceptAndConnect(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bind(listening, (struct sockaddr*)&address, size) == 0);
  CHECK(listen(listening, 4) == 0);
  CHECK(getsockname(listening, (struct sockaddr*)&address, &size) == 0);
  Timeout(listening, SO_RCVTIMEO);
  LASTS(accept(listening, NULL, NULL) == -1 && errno == EAGAIN);
  LASTS(accept4(listening, NULL, NULL, 0) == -1 && errno == EAGAIN);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(fd, (struct sockaddr*)&address, size) == 0);
  int fds[2] = {accept(listening, NULL, NULL), fd};
  CHECK(fds[0] >= 0);
  CloseBoth(fds);
  CHECK(close(listening) == 0);
}
// A listener whose queue is full holds a connect up.
static void AcceptOne(int listening) {
  const int fd = accept(listening, NULL, NULL);
  CHECK(fd >= 0);
  CHECK(close(fd) == 0);
}
static void ConnectWaits(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const socklen_t size = sizeof(sa_family_t) + 20;
  snprintf(address.sun_path + 1, 20, "ckpt-%d-%ld", getpid(), random());
  const int listening = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(bind(listening, (struct sockaddr*)&address, size) == 0);
  CHECK(listen(listening, 0) == 0);
  int fds[2];
  for (int i = 0; i < 2; ++i) fds[i] = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(connect(fds[0], (struct sockaddr*)&address, size) == 0);
  Timeout(fds[1], SO_SNDTIMEO);
  LASTS(connect(fds[1], (struct sockaddr*)&address, size) == -1 &&
        errno == EAGAIN);
  const struct timeval none = {0, 0};
  CHECK(setsockopt(fds[1], SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none)) == 0);
  struct Later later;
  Later(&later, AcceptOne, listening);
  CHECK(connect(fds[1], (struct sockaddr*)&address, size) == 0);
  Join(later.thread);
  CloseBoth(fds);
  CHECK(close(listening) == 0);
}
static int Temporary(char* path, const char* name) {
  sprintf(path, "%s/%s", directory, name);
  return open(path, O_RDWR | O_CREAT, 0600);
}
static void Sendfile(void) {
  char path[128];
  int fds[2];
  struct Later later;
  const int file = Temporary(path, "sent");
  CHECK(ftruncate(file, kBig) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  Later(&later, ReadSlowly, fds[0]);
  off_t offset = 0;
  CHECK(sendfile(fds[1], file, &offset, kBig) == kBig);
  CHECK(offset == kBig);
  Join(later.thread);
  CloseBoth(fds);
  CHECK(close(file) == 0);
}

// Devices, descriptors of the kernel's.

static void Random(void) {
  static char big[4 << 20];
  CHECK(getrandom(big, sizeof(big), 0) == (ssize_t)sizeof(big));
  const int fd = open("/dev/urandom", O_RDONLY);
  CHECK(read(fd, big, sizeof(big)) == (ssize_t)sizeof(big));
  CHECK(close(fd) == 0);
}
static void Eventfd(void) {
  uint64_t value;
  struct Later later;
  const int fd = eventfd(0, 0);
  Later(&later, WriteEight, fd);
  CHECK(read(fd, &value, 8) == 8);
  Join(later.thread);
  CHECK(close(fd) == 0);
}
static void Timerfd(void) {
  uint64_t value;
  const int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  const struct itimerspec span = {{0, 0}, {0, 30000000}};
  CHECK(timerfd_settime(fd, 0, &span, NULL) == 0);
  CHECK(read(fd, &value, 8) == 8 && value == 1);
  CHECK(close(fd) == 0);
}
static void Touch(int unused) {
  char path[128];
  const int fd = Temporary(path, "watched");
  CHECK(write(fd, "x", 1) == 1);
  CHECK(close(fd) == 0);
  (void)unused;
}
static void Inotify(void) {
  char path[128], events[4096];
  struct Later later;
  close(Temporary(path, "watched"));
  const int fd = inotify_init();
  CHECK(inotify_add_watch(fd, path, IN_MODIFY) >= 0);
  Later(&later, Touch, 0);
  CHECK(read(fd, events, sizeof(events)) > 0);
  Join(later.thread);
  CHECK(close(fd) == 0);
}
static void Unlock(int fd) { CHECK(flock(fd, LOCK_UN) == 0); }
static void Flock(void) {
  char path[128];
  struct Later later;
  int fds[2];
  for (int i = 0; i < 2; ++i) fds[i] = Temporary(path, "flock");
  CHECK(flock(fds[0], LOCK_EX) == 0);
  Later(&later, Unlock, fds[0]);
  CHECK(flock(fds[1], LOCK_EX) == 0);
  Join(later.thread);
  CloseBoth(fds);
}
static void UnlockOfd(int fd) {
  struct flock lock = {.l_type = F_UNLCK};
  CHECK(fcntl(fd, F_OFD_SETLK, &lock) == 0);
}
static void OfdLock(void) {
  char path[128];
  struct Later later;
  int fds[2];
  struct flock lock = {.l_type = F_WRLCK};
  for (int i = 0; i < 2; ++i) fds[i] = Temporary(path, "ofd");
  CHECK(fcntl(fds[0], F_OFD_SETLK, &lock) == 0);
  Later(&later, UnlockOfd, fds[0]);
  CHECK(fcntl(fds[1], F_OFD_SETLKW, &lock) == 0);
  Join(later.thread);
  CloseBoth(fds);
}
static char fifo[128];
static void OpenFifo(int unused) {
  const int fd = open(fifo, O_WRONLY);
  CHECK(fd >= 0 && close(fd) == 0);
  (void)unused;
}
static void Fifo(void) {
  struct Later later;
  sprintf(fifo, "%s/fifo", directory);
  CHECK(mkfifo(fifo, 0600) == 0 || errno == EEXIST);
  Later(&later, OpenFifo, 0);
  const int fd = open(fifo, O_RDONLY);
  CHECK(fd >= 0);
  Join(later.thread);
  CHECK(close(fd) == 0);
}
static void Fallocate(void) {
  const int fd = (int)syscall(SYS_memfd_create, "blocking", 0);
  CHECK(fallocate(fd, 0, 0, 16 << 20) == 0);
  CHECK(close(fd) == 0);
}

// System V and POSIX messages, Linux AIO.

static void SendMessage(int queue) {
  const struct {
    long type;
    char text[4];
  } message = {1, "abc"};
  CHECK(msgsnd(queue, &message, 4, 0) == 0);
}
static void Messages(void) {
  struct {
    long type;
    char text[4];
  } message;
  struct Later later;
  const int queue = msgget(IPC_PRIVATE, 0600);
  CHECK(queue >= 0);
  Later(&later, SendMessage, queue);
  CHECK(msgrcv(queue, &message, 4, 0, 0) == 4);
  Join(later.thread);
  CHECK(msgctl(queue, IPC_RMID, NULL) == 0);
}
static void Post(int set) {
  struct sembuf up = {0, 1, 0};
  CHECK(semop(set, &up, 1) == 0);
}
static void SysvSemaphores(void) {
  struct sembuf down = {0, -1, 0};
  struct Later later;
  const int set = semget(IPC_PRIVATE, 1, 0600);
  CHECK(set >= 0);
  LASTS(semtimedop(set, &down, 1, &kSpan) == -1 && errno == EAGAIN);
  LASTS(syscall(SYS_semtimedop, set, &down, 1, &kSpan) == -1 &&
        errno == EAGAIN);
  Later(&later, Post, set);
  CHECK(semop(set, &down, 1) == 0);
  Join(later.thread);
  CHECK(semctl(set, 0, IPC_RMID) == 0);
}
static void PosixMessages(void) {
  char name[64], text[16];
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 16};
  snprintf(name, sizeof(name), "/ckpt-%d", getpid());
  const mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, &attributes);
  CHECK(queue >= 0);
  mq_unlink(name);
  struct timespec end = In(CLOCK_REALTIME, kShortMs);
  LASTS(mq_timedreceive(queue, text, 16, NULL, &end) == -1 &&
        errno == ETIMEDOUT);
  CHECK(mq_send(queue, "x", 1, 0) == 0);
  end = In(CLOCK_REALTIME, kShortMs);
  LASTS(mq_timedsend(queue, "x", 1, 0, &end) == -1 && errno == ETIMEDOUT);
  CHECK(mq_close(queue) == 0);
}
static void Aio(void) {
  aio_context_t context = 0;
  struct io_event event;
  struct timespec span = kSpan;
  CHECK(syscall(SYS_io_setup, 1, &context) == 0);
  LASTS(syscall(SYS_io_getevents, context, 1, 1, &event, &span) == 0);
  CHECK(syscall(SYS_io_destroy, context) == 0);
}

static const struct Way {
  const char* name;
  void (*once)(void);
} kWays[] = {
    {"nanosleep", Nanosleep}, {"clock_nanosleep", ClockNanosleep},
    {"usleep", Usleep}, {"raw-nanosleep", RawNanosleep}, {"poll", Poll},
    {"ppoll", Ppoll}, {"select", Select}, {"pselect", Pselect},
    {"epoll", Epoll}, {"raw-polls", RawPolls}, {"inline", InlineAssembly},
    {"futex", Futex}, {"futex_waitv", FutexWaitv}, {"semaphores", Semaphores},
    {"sigwait", Sigwait}, {"signalfd", Signalfd}, {"pipe-read", PipeRead},
    {"pipe-write", PipeWrite}, {"send", SocketSend},
    {"receive", SocketReceive}, {"recvmmsg", ReceiveMessages},
    {"socket-timeouts", SocketTimeouts}, {"accept", AcceptAndConnect},
    {"connect", ConnectWaits}, {"sendfile", Sendfile}, {"random", Random},
    {"eventfd", Eventfd}, {"timerfd", Timerfd}, {"inotify", Inotify},
    {"flock", Flock}, {"ofd-lock", OfdLock}, {"fifo", Fifo},
    {"fallocate", Fallocate}, {"messages", Messages},
    {"sysv-semaphores", SysvSemaphores}, {"posix-messages", PosixMessages},
    {"aio", Aio}};
enum { kWayCount = sizeof(kWays) / sizeof(kWays[0]) };

static int over, turns[kWayCount];

static void* Repeat(void* argument) {
  const struct Way* way = argument;
  while (!Get(&over)) {
    way->once();
    Count(&turns[way - kWays]);
  }
  return NULL;
}

// Those that need no descriptor which cannot be carried.
static const char* const kCarried[] = {
    "nanosleep", "clock_nanosleep", "usleep", "raw-nanosleep", "poll", "ppoll",
    "select", "pselect", "inline", "futex", "futex_waitv", "semaphores",
    "sigwait", "random", NULL};

static int IsIn(const char* name, const char* const* names) {
  for (; *names != NULL; ++names) {
    if (strcmp(*names, name) == 0) return 1;
  }
  return 0;
}

static void RemoveFiles(void) {
  static const char* const kNames[] = {"sent", "watched", "flock", "ofd",
                                       "fifo"};
  char path[128];
  for (size_t i = 0; i < sizeof(kNames) / sizeof(kNames[0]); ++i) {
    sprintf(path, "%s/%s", directory, kNames[i]);
    unlink(path);
  }
  rmdir(directory);
}

int main(int argc, char** argv) {
  CHECK(argc >= 2);
  CHECK(mkdtemp(directory) != NULL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  pthread_t threads[kWayCount];
  int used[kWayCount] = {0};
  const long seconds = atol(argv[1]);
  const char* const* wanted = (const char* const*)argv + 2;
  if (*wanted == NULL && seconds == 0) wanted = kCarried;
  for (int i = 0; i < kWayCount; ++i) {
    if (*wanted != NULL && !IsIn(kWays[i].name, wanted)) continue;
    used[i] = 1;
    threads[i] = Start(Repeat, (void*)&kWays[i]);
  }
  if (seconds == 0) LiveThroughRestarts();
  const int64_t end = NowMs() + seconds * 1000;
  while (NowMs() < end) After(20);
  Set(&over, 1);
  for (int i = 0; i < kWayCount; ++i) {
    if (!used[i]) continue;
    Join(threads[i]);
    CHECK(turns[i] > 0);
    if (seconds != 0) printf("%s %d\n", kWays[i].name, turns[i]);
  }
  RemoveFiles();
  return Done();
}
