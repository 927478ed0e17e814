// Intent: the C library's helper threads (asynchronous I/O, name look-ups), which
// block all signals for ever, are stopped and restored like others, and its own
// signal, by which they are stopped, still does its work.
// RUN: %build_c
// RUN: %generations --allow "ckpt: checkpoint put off: the program is changing" \
// RUN:   --allow "ckpt: checkpoint failed: descriptor .* is a socket" \
// RUN:   --interval 0.02 %t
// RUN: %generations --allow "ckpt: checkpoint put off: the program is changing" \
// RUN:   --allow "ckpt: checkpoint failed: descriptor .* is a socket" \
// RUN:   --interval 0.02 --ids ns %t
//
// The C library knows them by their ids: another way is taken, if there is one.
// RUN: %generations --allow "ckpt: checkpoint put off: the program is changing" \
// RUN:   --allow "ckpt: checkpoint failed: descriptor .* is a socket" \
// RUN:   --interval 0.02 --ids auto --user nobody %t
#include <aio.h>
#include <netdb.h>

#include "behave.h"

static int turns;

static void* Reader(void* unused) {
  char buffer[64];
  const int fd = open("/dev/zero", O_RDONLY);
  while (!Go()) {
    memset(buffer, 1, sizeof(buffer));
    struct aiocb block = {
        .aio_fildes = fd, .aio_buf = buffer, .aio_nbytes = sizeof(buffer)};
    const struct aiocb* list[] = {&block};
    CHECK(aio_read(&block) == 0);
    CHECK(aio_suspend(list, 1, NULL) == 0);
    CHECK(aio_error(&block) == 0);
    CHECK(aio_return(&block) == (ssize_t)sizeof(buffer));
    CHECK(buffer[0] == 0 && buffer[63] == 0);
    Count(&turns);
    Pause();
  }
  return unused;
}

static void* Resolver(void* unused) {
  while (!Go()) {
    struct gaicb look = {.ar_name = "127.0.0.1"};
    struct gaicb* list[] = {&look};
    CHECK(getaddrinfo_a(GAI_WAIT, list, 1, NULL) == 0);
    CHECK(gai_error(&look) == 0);
    freeaddrinfo(look.ar_result);
    Pause();
  }
  return unused;
}

// The C library tells all threads by its signal.
static void* Identity(void* unused) {
  while (!Go()) {
    CHECK(setresuid(-1, geteuid(), -1) == 0);
    Pause();
  }
  return unused;
}

int main(void) {
  pthread_t threads[] = {Start(Reader, NULL), Start(Resolver, NULL),
                         Start(Identity, NULL)};
  Await(&turns, 5);
  LiveThroughRestarts();
  for (int i = 0; i < 3; ++i) Join(threads[i]);
  return Done();
}
