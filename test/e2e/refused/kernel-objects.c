// Intent: kernel objects that cannot be carried are refused, each with a line
// that names it, and the program goes on; without them it is checkpointed. So is
// a descriptor on its way in a stream among other bytes.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %t -- -d %t.dir 2>&1 | FileCheck %s
// CHECK: descriptor {{[0-9]+}} is [io_uring], which cannot be carried
// CHECK: shared memory at 0x{{[0-9a-f]+}} (/[aio] (deleted)) cannot be carried
// CHECK: descriptor {{[0-9]+}} is {{.*}}inotify{{.*}}, which cannot be carried
// CHECK: descriptor {{[0-9]+}} is a POSIX message queue, which cannot be carried
// CHECK: descriptor {{[0-9]+}} is a socket by which a descriptor is being passed
// CHECK: OK 0
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "behave.h"
#include "rights.h"

static void Refused(int fd) {
  CHECK(fd >= 0);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  CHECK(close(fd) == 0);
}

int main(void) {
  struct io_uring_params params = {0};
  aio_context_t context = 0;
  int ends[2];
  Refused((int)syscall(SYS_io_uring_setup, 4, &params));
  CHECK(syscall(SYS_io_setup, 4, &context) == 0);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  CHECK(syscall(SYS_io_destroy, context) == 0);
  Refused(inotify_init());
  char name[64];
  snprintf(name, sizeof(name), "/ckpt-refused-%d", getpid());
  for (int named = 0; named < 2; ++named) {
    const mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
    if (named == 0) mq_unlink(name);
    Refused(queue);
    if (named == 1) mq_unlink(name);
  }
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  CHECK(send(ends[0], "before", 6, 0) == 6);
  PutRight(ends[0], "with", 0);
  Refused(ends[1]);
  CHECK(close(ends[0]) == 0 && checkpoint_here() == 0);
  return Done();
}
