// Intent: locks on files are there again after a restart: of fcntl for the
// process, of open file descriptions, of flock; with their ranges, for reading
// or writing, and for nobody who has closed or given them up.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/file.h>
#include <sys/wait.h>

#include "behave.h"

static int Lock(int fd, int command, short type, off_t start, off_t length) {
  struct flock lock = {0};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = start;
  lock.l_len = length;
  return fcntl(fd, command, &lock);
}

// What another process finds at a byte: F_UNLCK, or a lock in its way.
static int Found(const char* path, off_t at) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    struct flock lock = {0};
    const int fd = open(path, O_RDWR);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = at;
    lock.l_len = 1;
    if (fd < 0 || fcntl(fd, F_GETLK, &lock) != 0) _exit(99);
    _exit(lock.l_type);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void Check(void) {
  CHECK(Found("posix", 9) == F_UNLCK && Found("posix", 10) == F_WRLCK);
  CHECK(Found("posix", 19) == F_WRLCK && Found("posix", 20) == F_UNLCK);
  CHECK(Found("posix", 30) == F_RDLCK && Found("posix", 1 << 30) == F_RDLCK);
  CHECK(Found("open", 0) == F_WRLCK && Found("open", 7) == F_WRLCK);
  CHECK(Found("open", 8) == F_UNLCK);
  // Of two open files of ours one has it.
  const int other = open("flock", O_RDWR);
  CHECK(other >= 0 && flock(other, LOCK_EX | LOCK_NB) == -1);
  CHECK(errno == EWOULDBLOCK && flock(other, LOCK_SH | LOCK_NB) == 0);
  CHECK(close(other) == 0);
}

int main(void) {
  const int posix = open("posix", O_CREAT | O_RDWR, 0600);
  CHECK(posix >= 0 && Lock(posix, F_SETLK, F_WRLCK, 10, 10) == 0);
  CHECK(Lock(posix, F_SETLK, F_RDLCK, 30, 0) == 0);
  const int of_open = open("open", O_CREAT | O_RDWR, 0600);
  CHECK(of_open >= 0 && Lock(of_open, F_OFD_SETLK, F_WRLCK, 0, 8) == 0);
  CHECK(dup(of_open) >= 0);
  const int whole = open("flock", O_CREAT | O_RDWR, 0600);
  CHECK(whole >= 0 && flock(whole, LOCK_SH) == 0);
  const int none = open("none", O_CREAT | O_RDWR, 0600);
  CHECK(none >= 0 && Lock(none, F_SETLK, F_WRLCK, 0, 0) == 0);
  CHECK(Lock(none, F_SETLK, F_UNLCK, 0, 0) == 0);
  Check();
  LiveThroughRestarts();
  Check();
  CHECK(Found("none", 0) == F_UNLCK);
  CHECK(flock(whole, LOCK_EX | LOCK_NB) == 0);
  return Done();
}
