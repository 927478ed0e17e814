// libc.h - the C library's functions behind the hooks: one table of real
// pointers grown from hooks.def. No hook may call a function of hooks.def by
// its name: the executable exports those names, so it would get itself.

#ifndef CKPT_HOOKS_LIBC_H
#define CKPT_HOOKS_LIBC_H

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

// What _FORTIFY_SOURCE makes of open, poll, read and recv, and older names of
// signal calls: no header declares them to us.
extern "C" {
sighandler_t bsd_signal(int signal, sighandler_t handler);
int __sigaction(int signal, const struct sigaction* action,
                struct sigaction* old);
int __sigpause(int signal_or_mask, int is_signal);
int __open_2(const char* path, int flags);
int __open64_2(const char* path, int flags);
int __openat_2(int dir, const char* path, int flags);
int __openat64_2(int dir, const char* path, int flags);
int __poll_chk(pollfd* fds, nfds_t count, int ms, size_t size);
int __ppoll_chk(pollfd* fds, nfds_t count, const timespec* span,
                const sigset_t* set, size_t size);
ssize_t __read_chk(int fd, void* buffer, size_t size, size_t room);
ssize_t __recv_chk(int fd, void* buffer, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void* buffer, size_t size, size_t room,
                       int flags, sockaddr* address, socklen_t* length);
}

// Some are deprecated, and used all the same.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace ckpt::hooks {

struct Libc {
#define CKPT_HOOK(group, name) decltype(&::name) name;
#include "ckpt/hooks.def"
};

extern constinit Libc g_libc __attribute__((visibility("hidden")));

// Fills the table; idempotent. It keeps the registers, as Register does.
__attribute__((preserve_most)) void ResolveLibc();

// The table, filled. A hook may run before the runtime's own start (in an IFUNC
// resolver, or in a program that has no .preinit_array).
inline const Libc& Real() {
  if (__builtin_expect(g_libc.pthread_mutex_lock == nullptr, 0)) ResolveLibc();
  return g_libc;
}

// Notes where the dynamic linker has its locks (track/linker_locks).
void FindLinker();

// In a forked child: the signal of -x is the program's own again; and ours once
// more, if checkpoints are to be taken of it.
void GiveBackExitSignal();
void TakeExitSignal();

// The end of this process is not to be taken for that of the program.
void KeepQuietAtEnd(bool quiet);

}  // namespace ckpt::hooks

// Every hook, under its name and with the C library's type: a definition with
// another signature does not compile.
extern "C" {
#define CKPT_HOOK(group, name) \
  __attribute__((visibility("hidden"))) decltype(::name) __ckpt_##name;
#include "ckpt/hooks.def"
}

#endif
