// Intent: numbers that threads send one another by pipes (bytes, packets) and by
// socket pairs (stream, datagrams, packets) arrive in order, each once, whenever
// the program is stopped, killed and restarted.
// RUN: %build_c
// RUN: %generations --interval 0.02 --ids same %t
// RUN: %generations --interval 0.02 --ids ns %t
// RUN: %generations --interval 0.02 --ids new --user nobody %t
// RUN: %build_c -static
// RUN: %generations --interval 0.02 --ids same %t
// RUN: %generations --interval 0.02 --ids new %t
#include <sys/socket.h>

#include "behave.h"

enum { kWays = 5, kMost = 700 };

struct Way {
  int in, out;
  int messages;  // each read is one record
  int stop;
  uint64_t sent, got;
};

static struct Way ways[kWays];

// Records of 1 to kMost numbers; all of it is written, also in pieces.
static void* Send(void* argument) {
  struct Way* way = argument;
  uint64_t block[kMost];
  unsigned state = 1;
  while (!Get(&way->stop)) {
    state = state * 1103515245 + 12345;
    const size_t most = way->messages ? 64 : kMost;
    const size_t count = 1 + (state >> 16) % most;
    for (size_t i = 0; i < count; ++i) block[i] = way->sent++;
    const size_t size = count * sizeof(*block);
    size_t done = 0;
    // Ten threads without a pause starve the kernel's own, which write images.
    if ((state >> 8) % 16 == 0) Pause();
    while (done < size) {
      const ssize_t n = write(way->in, (char*)block + done, size - done);
      CHECK(n > 0 && (!way->messages || (size_t)n == size));
      done += (size_t)n;
    }
  }
  return NULL;
}

static void* Receive(void* argument) {
  struct Way* way = argument;
  static _Thread_local char block[kMost * 8];
  size_t have = 0;
  for (;;) {
    const ssize_t n = read(way->out, block + have, sizeof(block) - have);
    CHECK(n >= 0);
    if (n == 0) break;
    have += (size_t)n;
    CHECK(!way->messages || have % 8 == 0);
    const size_t count = have / 8;
    for (size_t i = 0; i < count; ++i) {
      uint64_t number;
      memcpy(&number, block + 8 * i, 8);
      CHECK(number == way->got);
      ++way->got;
    }
    memmove(block, block + 8 * count, have % 8);
    have %= 8;
  }
  CHECK(have == 0);
  return NULL;
}

static void Open(int kind, int* ends) {
  static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
  if (kind < 2) {
    CHECK(pipe2(ends, kind == 1 ? O_DIRECT : 0) == 0);
  } else {
    CHECK(socketpair(AF_UNIX, types[kind - 2], 0, ends) == 0);
  }
}

int main(void) {
  pthread_t senders[kWays], receivers[kWays];
  for (int i = 0; i < kWays; ++i) {
    int ends[2];
    Open(i, ends);
    ways[i].out = ends[0];
    ways[i].in = ends[1];
    ways[i].messages = i == 1 || i > 2;
    senders[i] = Start(Send, &ways[i]);
    receivers[i] = Start(Receive, &ways[i]);
  }
  LiveThroughRestarts();
  for (int i = 0; i < kWays; ++i) {
    Set(&ways[i].stop, 1);
    Join(senders[i]);
    // Datagrams have no end: an empty one.
    if (i == 4) CHECK(send(ways[i].in, "", 0, 0) == 0);
    close(ways[i].in);
    Join(receivers[i]);
    CHECK(ways[i].sent == ways[i].got && ways[i].sent > 0);
  }
  return Done();
}
