// Intent: socket pairs keep what was sent, message by message, descriptors on
// their way, shutdowns, a peer that is gone, and their options; a thread that
// waits in recv gets what is sent later.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "behave.h"
#include "rights.h"

static int waited[2];

static void* Wait(void* tid) {
  char byte;
  Set(tid, gettid());
  CHECK(recv(waited[0], &byte, 1, 0) == 1 && byte == 'w');
  return NULL;
}

static void Pair(int type, int* ends) {
  CHECK(socketpair(AF_UNIX, type, 0, ends) == 0);
}

static void Put(int fd, const char* text) {
  const ssize_t size = (ssize_t)strlen(text);
  CHECK(send(fd, text, (size_t)size, 0) == size);
}

static void Expect(int fd, const char* text) {
  char got[64];
  const ssize_t size = (ssize_t)strlen(text);
  CHECK(recv(fd, got, sizeof(got), MSG_DONTWAIT) == size);
  CHECK(memcmp(got, text, (size_t)size) == 0);
}

// The descriptor that came with the next `size` bytes, or -1.
static int TakeRight(int fd, const char* text, size_t size) {
  char control[CMSG_SPACE(sizeof(int))], got[64];
  struct iovec part = {got, size};
  struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof(control)};
  CHECK(recvmsg(fd, &header, MSG_DONTWAIT) == (ssize_t)strlen(text));
  CHECK(memcmp(got, text, strlen(text)) == 0);
  struct cmsghdr* head = CMSG_FIRSTHDR(&header);
  int right = -1;
  if (head != NULL) memcpy(&right, CMSG_DATA(head), sizeof(int));
  return right;
}

static int Option(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  CHECK(getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0);
  return value;
}

int main(void) {
  static int tid;
  int stream[2], datagrams[2], packets[2], half[2], left[2], rights[2], full[2];
  static char block[1 << 20], back[1 << 20];
  char byte;
  uint64_t value;
  const int counter = eventfd(5, 0), number = 12345;
  const struct timeval span = {7, 500000};
  signal(SIGPIPE, SIG_IGN);
  Pair(SOCK_STREAM, waited);
  Pair(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, stream);
  Pair(SOCK_DGRAM, datagrams);
  Pair(SOCK_SEQPACKET, packets);
  Pair(SOCK_STREAM, half);
  Pair(SOCK_STREAM, left);
  Pair(SOCK_STREAM, rights);
  Pair(SOCK_STREAM | SOCK_NONBLOCK, full);
  Put(stream[0], "here");
  Put(stream[1], "and there");
  Put(datagrams[0], "a");
  Put(datagrams[0], "bc");
  Put(datagrams[1], "back");
  Put(packets[0], "one");
  Put(packets[0], "two");
  Put(half[0], "half");
  CHECK(shutdown(half[0], SHUT_WR) == 0);
  Put(left[1], "left");
  close(left[1]);
  PutRight(rights[0], "with", counter);
  PutRight(packets[0], "three", counter);
  CHECK(setsockopt(stream[0], SOL_SOCKET, SO_SNDBUF, &number, 4) == 0);
  CHECK(setsockopt(stream[0], SOL_SOCKET, SO_RCVTIMEO, &span,
                   sizeof(span)) == 0);
  for (size_t i = 0; i < sizeof(block); ++i) block[i] = (char)(i * 7 + i / 999);
  ssize_t filled = 0, n;
  while ((n = write(full[0], block + filled, 10000)) > 0) filled += n;
  const int copy = dup2(stream[1], 300);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 45);
  LiveThroughRestarts();
  CHECK(fcntl(stream[0], F_GETFL) == (O_RDWR | O_NONBLOCK));
  CHECK(fcntl(stream[0], F_GETFD) == FD_CLOEXEC && fcntl(copy, F_GETFD) == 0);
  CHECK(Option(stream[0], SO_SNDBUF) == 2 * number);
  struct timeval kept;
  socklen_t size = sizeof(kept);
  CHECK(getsockopt(stream[0], SOL_SOCKET, SO_RCVTIMEO, &kept, &size) == 0);
  CHECK(kept.tv_sec == 7 && kept.tv_usec == 500000);
  CHECK(Option(stream[0], SO_PEEK_OFF) == -1);
  Put(copy, ", more");
  Expect(stream[0], "and there, more");
  Expect(copy, "here");
  CHECK(recv(copy, &byte, 1, 0) == -1 && errno == EAGAIN);
  Expect(datagrams[1], "a");
  Expect(datagrams[1], "bc");
  Expect(datagrams[0], "back");
  CHECK(recv(datagrams[0], &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
  Expect(packets[1], "one");
  Expect(packets[1], "two");
  int passed = TakeRight(packets[1], "three", 64);
  CHECK(passed >= 0 && close(passed) == 0);
  Expect(half[1], "half");
  CHECK(recv(half[1], &byte, 1, 0) == 0);
  CHECK(send(half[0], "x", 1, 0) == -1 && errno == EPIPE);
  Put(half[1], "still");
  Expect(half[0], "still");
  Expect(left[0], "left");
  CHECK(recv(left[0], &byte, 1, 0) == 0);
  CHECK(send(left[0], "x", 1, 0) == -1 && errno == EPIPE);
  passed = TakeRight(rights[1], "with", 4);
  CHECK(passed >= 0 && read(passed, &value, 8) == 8 && value == 5);
  for (ssize_t got = 0; got < filled; got += n) {
    n = read(full[1], back + got, (size_t)(filled - got));
    CHECK(n > 0);
  }
  CHECK(memcmp(block, back, (size_t)filled) == 0);
  Put(waited[1], "w");
  Join(thread);
  return Done();
}
