// lost-connections.c - a server with connections to somebody else, see
// objects/lost-connections.py.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "behave.h"

static int fds[4];

// One thread waits through the restart.
static void* Wait(void* tid) {
  char byte;
  Set(tid, gettid());
  CHECK(read(fds[0], &byte, 1) == -1 && errno == ECONNRESET);
  CHECK(read(fds[0], &byte, 1) == 0);
  return NULL;
}

static int Listen(int domain, void* address, socklen_t size) {
  const int fd = socket(domain, SOCK_STREAM, 0), one = 1;
  // As servers do: what is left of old connections is no obstacle.
  CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0);
  CHECK(fd >= 0 && bind(fd, address, size) == 0 && listen(fd, 8) == 0);
  CHECK(getsockname(fd, address, &size) == 0);
  return fd;
}

static short State(int fd) {
  struct pollfd entry = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
  CHECK(poll(&entry, 1, 0) == 1);
  return entry.revents;
}

int main(void) {
  static int tid;
  struct sockaddr_in internet = {.sin_family = AF_INET};
  struct sockaddr_un file = {AF_UNIX, "socket"};
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
  char byte;
  signal(SIGPIPE, SIG_IGN);
  const int tcp = Listen(AF_INET, &internet, sizeof(internet));
  const int local = Listen(AF_UNIX, &file, sizeof(file));
  CHECK(chmod("socket", 0777) == 0);
  FILE* port = fopen("port.new", "w");
  fprintf(port, "%d\n", ntohs(internet.sin_port));
  CHECK(fclose(port) == 0 && rename("port.new", "port") == 0);
  for (int i = 0; i < 4; ++i) fds[i] = accept(i < 3 ? tcp : local, NULL, NULL);
  CHECK(fcntl(fds[2], F_SETFL, O_RDWR | O_NONBLOCK) == 0);
  const int epoll = epoll_create1(0);
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[2], &event) == 0);
  CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 0);
  LiveThroughRestarts();
  Join(thread);
  CHECK((State(fds[1]) & (POLLHUP | POLLERR)) == (POLLHUP | POLLERR));
  CHECK(write(fds[1], "x", 1) == -1 && errno == ECONNRESET);
  CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE);
  CHECK(read(fds[1], &byte, 1) == 0);
  CHECK(epoll_wait(epoll, &event, 1, 0) == 1 && event.data.u64 == 7);
  CHECK((event.events & (EPOLLHUP | EPOLLERR)) == (EPOLLHUP | EPOLLERR));
  CHECK(read(fds[2], &byte, 1) == -1 && errno == ECONNRESET);
  CHECK((State(fds[3]) & POLLHUP) != 0);
  CHECK(read(fds[3], &byte, 1) == 1 && byte == 'u');
  CHECK(read(fds[3], &byte, 1) == -1 && errno == ECONNRESET);
  CHECK(read(fds[3], &byte, 1) == 0);
  CHECK(write(fds[3], "x", 1) == -1 && errno == EPIPE);
  for (int i = 0; i < 4; ++i) {
    const int fd = accept(i < 3 ? tcp : local, NULL, NULL);
    CHECK(fd >= 0 && read(fd, &byte, 1) == 1 && byte == 'n');
  }
  return Done();
}
