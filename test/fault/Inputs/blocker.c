/* blocker.c - a thread that blocks every signal behind the back of the hooks,
 * by a system call of its own, whenever standard input says so: 'b' blocks, 'u'
 * unblocks, the end of it ends the program with 7. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int command[2];

// By the instruction: `syscall` would leave the stop signal out.
static void SetMask(const unsigned long* set) {
  long result = SYS_rt_sigprocmask;
  register long size asm("r10") = sizeof(*set);
  asm volatile("syscall"
               : "+a"(result)
               : "D"((long)SIG_SETMASK), "S"(set), "d"(0L), "r"(size)
               : "rcx", "r11", "memory");
}

static void *thread(void *argument) {
  char byte;
  printf("started %d\n", gettid());
  fflush(stdout);
  while (read(command[0], &byte, 1) == 1) {
    const unsigned long set = byte == 'b' ? ~0ul : 0;
    SetMask(&set);
    printf("%c\n", byte);
    fflush(stdout);
  }
  return argument;
}

int main(void) {
  pthread_t other;
  char byte;
  if (pipe(command) != 0) return 1;
  pthread_create(&other, NULL, thread, NULL);
  while (read(0, &byte, 1) == 1) {
    if (write(command[1], &byte, 1) != 1) return 1;
  }
  close(command[1]);
  pthread_join(other, NULL);
  puts("right");
  return 7;
}
