// clean.c - what a program finds that another one has started: ends with 7 if
// the signals that it blocks and ignores are those of its two arguments, its
// only descriptors the standard ones, and nothing of the runtime's in the
// environment. Says so otherwise, and ends with 1.
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int Bad(const char* what, long value) {
  dprintf(2, "not clean: %s %lx\n", what, value);
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 3) return Bad("argc", argc);
  unsigned long mask = 0, ignored = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
  for (int signal = 1; signal <= 64; ++signal) {
    struct {
      void* handler;
      unsigned long flags, restorer, mask;
    } action;
    syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(action.mask));
    if (action.handler == SIG_IGN) ignored |= 1ul << (signal - 1);
    if (action.handler != SIG_IGN && action.handler != SIG_DFL) {
      return Bad("handler of", signal);
    }
  }
  // The C library makes its children ignore its own two.
  ignored &= ~(3ul << 31);
  if (mask != strtoul(argv[1], NULL, 16)) return Bad("mask", (long)mask);
  if (ignored != strtoul(argv[2], NULL, 16)) return Bad("ign", (long)ignored);
  unsigned long pending = 0;
  syscall(SYS_rt_sigpending, &pending, sizeof(pending));
  if (pending != 0) return Bad("pending", (long)pending);
  DIR* directory = opendir("/proc/self/fd");
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    const int fd = atoi(entry->d_name);
    if (fd > 2 && fd != dirfd(directory)) return Bad("fd", fd);
  }
  if (getenv("CKPT_OPTIONS") != NULL) return Bad("CKPT_OPTIONS", 0);
  return 7;
}
