// memcached_load.c - keeps a memcached on this machine busy: threads with a
// connection each set and get in batches. Arguments: port, threads, batches.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "team.h"

enum { kBatch = 16, kValue = 100 };

static unsigned short g_port;
static long g_batches;

static int Connect(void) {
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons(g_port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
  Check(connect(fd, (const struct sockaddr*)&address, sizeof(address)) == 0,
        "connect");
  return fd;
}

static void Send(int fd, const char* text, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t n = write(fd, text + done, size - done);
    Check(n > 0, "write");
    done += (size_t)n;
  }
}

// Reads until `count` answers have ended with `end`.
static void Await(int fd, const char* end, int count) {
  char text[kBatch * (kValue + 64) + 1];
  size_t size = 0;
  int seen = 0;
  for (;;) {
    Check(size < sizeof(text) - 1, "an answer is too long");
    const ssize_t n = read(fd, text + size, sizeof(text) - 1 - size);
    Check(n > 0, "read");
    size += (size_t)n;
    text[size] = '\0';
    seen = 0;
    for (char* p = text; (p = strstr(p, end)) != NULL; ++p) ++seen;
    if (seen == count) return;
  }
}

static void* Run(void* argument) {
  const int fd = Connect();
  char value[kValue + 1] = {0};
  memset(value, 'x', kValue);
  for (long batch = 0; batch < g_batches; ++batch) {
    char sets[kBatch * (kValue + 64)], gets[kBatch * 64];
    size_t set = 0, get = 0;
    for (int i = 0; i < kBatch; ++i) {
      const long key = (batch * kBatch + i) % 1000;
      set += (size_t)snprintf(sets + set, sizeof(sets) - set,
                              "set k%ld.%ld 0 0 %d\r\n%s\r\n",
                              (long)argument, key, kValue, value);
      get += (size_t)snprintf(gets + get, sizeof(gets) - get, "get k%ld.%ld\r\n",
                              (long)argument, key);
    }
    Send(fd, sets, set);
    Await(fd, "STORED\r\n", kBatch);
    Send(fd, gets, get);
    Await(fd, "END\r\n", kBatch);
  }
  close(fd);
  return NULL;
}

int main(int argc, char** argv) {
  g_port = (unsigned short)Argument(argc, argv, 1, 11211);
  g_threads = (int)Argument(argc, argv, 2, 2);
  g_batches = Argument(argc, argv, 3, 1000);
  RunTeam(Run);
  return 0;
}
