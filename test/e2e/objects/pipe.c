// Intent: pipes keep their bytes, packets, size, flags and copies over restarts;
// an end whose other end is gone still says so; a thread that waits in read gets
// what is written later.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include "behave.h"

static int waited[2];

static void* Wait(void* tid) {
  char byte;
  Set(tid, gettid());
  CHECK(read(waited[0], &byte, 1) == 1 && byte == 'w');
  return NULL;
}

static void Expect(int fd, const char* text) {
  char got[64];
  const ssize_t size = (ssize_t)strlen(text);
  CHECK(read(fd, got, sizeof(got)) == size);
  CHECK(memcmp(got, text, (size_t)size) == 0);
}

static void Put(int fd, const char* text) {
  const ssize_t size = (ssize_t)strlen(text);
  CHECK(write(fd, text, (size_t)size) == size);
}

static short State(int fd) {
  struct pollfd entry = {fd, POLLIN | POLLOUT, 0};
  CHECK(poll(&entry, 1, 0) >= 0);
  return entry.revents;
}

int main(void) {
  static int tid;
  static char block[1 << 20], back[1 << 20];
  int bytes[2], packets[2], large[2], ended[2], broken[2], full[2];
  CHECK(pipe(waited) == 0 && pipe2(bytes, O_NONBLOCK | O_CLOEXEC) == 0);
  CHECK(pipe2(packets, O_DIRECT | O_NONBLOCK) == 0 && pipe(large) == 0);
  CHECK(pipe(ended) == 0 && pipe(broken) == 0);
  CHECK(pipe2(full, O_NONBLOCK) == 0);
  Put(bytes[1], "one");
  Put(bytes[1], "two");
  Put(packets[1], "first");
  Put(packets[1], "second");
  CHECK(fcntl(large[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20);
  for (size_t i = 0; i < sizeof(block); ++i) block[i] = (char)(i * 7 + i / 999);
  CHECK(write(large[1], block, 900000) == 900000);
  Put(ended[1], "last");
  close(ended[1]);
  close(broken[0]);
  ssize_t filled = 0, n;
  while ((n = write(full[1], block + filled, 1000)) > 0) filled += n;
  const int copy = dup2(bytes[1], 300);
  // Another open file of the same end, with flags of its own.
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", bytes[0]);
  const int other = open(path, O_RDONLY);
  CHECK(other >= 0);
  signal(SIGPIPE, SIG_IGN);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 0);
  LiveThroughRestarts();
  CHECK(fcntl(bytes[0], F_GETFL) == (O_RDONLY | O_NONBLOCK));
  CHECK(fcntl(bytes[1], F_GETFL) == (O_WRONLY | O_NONBLOCK));
  CHECK((fcntl(other, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_RDONLY);
  CHECK(fcntl(bytes[0], F_GETFD) == FD_CLOEXEC && fcntl(copy, F_GETFD) == 0);
  Put(copy, "three");
  Expect(other, "onetwothree");
  CHECK(read(bytes[0], back, 1) == -1 && errno == EAGAIN);
  CHECK((fcntl(packets[1], F_GETFL) & O_DIRECT) != 0);
  Put(packets[1], "third");
  Expect(packets[0], "first");
  Expect(packets[0], "second");
  Expect(packets[0], "third");
  CHECK(fcntl(large[0], F_GETPIPE_SZ) == 1 << 20);
  for (ssize_t got = 0; got < 900000; got += n) {
    n = read(large[0], back + got, 900000 - (size_t)got);
    CHECK(n > 0);
  }
  CHECK(memcmp(block, back, 900000) == 0);
  CHECK((State(ended[0]) & (POLLIN | POLLHUP)) == (POLLIN | POLLHUP));
  Expect(ended[0], "last");
  CHECK(read(ended[0], back, 1) == 0);
  CHECK((State(broken[1]) & POLLERR) != 0);
  CHECK(write(broken[1], "x", 1) == -1 && errno == EPIPE);
  CHECK(write(full[1], block, 4096) == -1 && errno == EAGAIN);
  CHECK(read(full[0], back, sizeof(back)) == filled);
  CHECK(memcmp(block, back, (size_t)filled) == 0);
  Put(waited[1], "w");
  Join(thread);
  return Done();
}
