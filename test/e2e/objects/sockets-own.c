// Intent: sockets that listen (TCP, Unix: a file, an abstract name) do so again
// at the same address, with their options; bound and connected datagram sockets
// (UDP, Unix) are so again; what was sent to a Unix one is there, with the
// sender's address; a thread that waits in accept gets who connects later.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "behave.h"

static int waited;

static void* Wait(void* tid) {
  char byte;
  Set(tid, gettid());
  const int fd = accept(waited, NULL, NULL);
  CHECK(fd >= 0 && recv(fd, &byte, 1, 0) == 1 && byte == 'w');
  return NULL;
}

static int Internet(int type, struct sockaddr_in* at) {
  const struct sockaddr_in any = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof(*at);
  const int fd = socket(AF_INET, type, 0), one = 1;
  CHECK(fd >= 0);
  CHECK(type != SOCK_STREAM ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0);
  CHECK(bind(fd, (const struct sockaddr*)&any, sizeof(any)) == 0);
  CHECK(getsockname(fd, (struct sockaddr*)at, &size) == 0);
  return fd;
}

static socklen_t Name(struct sockaddr_un* at, const char* name, int abstract) {
  memset(at, 0, sizeof(*at));
  at->sun_family = AF_UNIX;
  if (abstract) {
    snprintf(at->sun_path + 1, sizeof(at->sun_path) - 1, "ckpt-%s-%d", name,
             getpid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                       strlen(at->sun_path + 1));
  }
  strcpy(at->sun_path, name);
  return sizeof(*at);
}

static int Unix(int type, const char* name, int abstract,
                struct sockaddr_un* at, socklen_t* size) {
  const int fd = socket(AF_UNIX, type, 0);
  *size = Name(at, name, abstract);
  CHECK(fd >= 0 && bind(fd, (struct sockaddr*)at, *size) == 0);
  return fd;
}

static void Connects(int domain, const void* at, socklen_t size, int listener) {
  char byte = 0;
  const int fd = socket(domain, SOCK_STREAM, 0);
  CHECK(fd >= 0 && connect(fd, at, size) == 0);
  CHECK(send(fd, "w", 1, 0) == 1);
  if (listener < 0) return;
  const int other = accept(listener, NULL, NULL);
  CHECK(other >= 0 && recv(other, &byte, 1, 0) == 1 && byte == 'w');
  close(other);
  close(fd);
}

int main(void) {
  static int tid;
  struct sockaddr_in tcp_at, udp_at, to_at, got;
  struct sockaddr_un file_at, abstract_at, box_at, from_at, from;
  socklen_t file_size, abstract_size, box_size, from_size, size;
  struct stat st;
  char text[16];
  int one = 0;
  waited = Internet(SOCK_STREAM, &tcp_at);
  CHECK(listen(waited, 5) == 0);
  const int file = Unix(SOCK_STREAM, "file", 0, &file_at, &file_size);
  CHECK(chmod("file", 0640) == 0 && listen(file, 3) == 0);
  const int abstract =
      Unix(SOCK_STREAM, "abstract", 1, &abstract_at, &abstract_size);
  CHECK(listen(abstract, 3) == 0);
  const int udp = Internet(SOCK_DGRAM, &udp_at);
  const int to = Internet(SOCK_DGRAM, &to_at);
  CHECK(connect(to, (struct sockaddr*)&udp_at, sizeof(udp_at)) == 0);
  const int box = Unix(SOCK_DGRAM, "box", 0, &box_at, &box_size);
  const int sender = Unix(SOCK_DGRAM, "from", 1, &from_at, &from_size);
  CHECK(sendto(sender, "letter", 6, 0, (struct sockaddr*)&box_at, box_size) ==
        6);
  const int stranger = socket(AF_UNIX, SOCK_DGRAM, 0);
  CHECK(connect(stranger, (struct sockaddr*)&box_at, box_size) == 0);
  CHECK(send(stranger, "card", 4, 0) == 4);
  const int idle = socket(AF_INET, SOCK_STREAM, 0);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 43);
  LiveThroughRestarts();
  size = sizeof(one);
  CHECK(getsockopt(waited, IPPROTO_TCP, TCP_NODELAY, &one, &size) == 0 && one);
  Connects(AF_INET, &tcp_at, sizeof(tcp_at), -1);
  Join(thread);
  CHECK(stat("file", &st) == 0 && (st.st_mode & 07777) == 0640);
  Connects(AF_UNIX, &file_at, file_size, file);
  Connects(AF_UNIX, &abstract_at, abstract_size, abstract);
  CHECK(send(to, "hello", 5, 0) == 5);
  size = sizeof(got);
  CHECK(recvfrom(udp, text, sizeof(text), 0, (struct sockaddr*)&got, &size) ==
        5);
  CHECK(got.sin_port == to_at.sin_port);
  size = sizeof(from);
  CHECK(recvfrom(box, text, sizeof(text), MSG_DONTWAIT,
                 (struct sockaddr*)&from, &size) == 6);
  CHECK(size == from_size && memcmp(&from, &from_at, size) == 0);
  CHECK(recv(box, text, sizeof(text), MSG_DONTWAIT) == 4);
  CHECK(send(stranger, "more", 4, 0) == 4 &&
        recv(box, text, sizeof(text), MSG_DONTWAIT) == 4);
  CHECK(connect(idle, (struct sockaddr*)&tcp_at, sizeof(tcp_at)) == 0);
  return Done();
}
