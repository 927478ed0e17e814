// dying.c - waits for a line in the file named by DYING_GO and dies as it says:
// `raise N`, `fault N` (by an instruction), `abort 0`, `wait 0` (of what
// another process sends), `exit N`.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char memory[1 << 20] = {1};  // a core of it is not small

static void* Other(void* unused) {
  for (;;) poll(NULL, 0, 1000);
  return unused;
}

static void Fault(int signal) {
  volatile int zero = 0;
  switch (signal) {
    case SIGSEGV:
      *(volatile int*)(uintptr_t)zero = 1;
      break;
    case SIGFPE:
      __asm__ volatile("cltd\n\tidivl %0" ::"r"(zero) : "eax", "edx");
      break;
    case SIGILL:
      __asm__ volatile("ud2");
      break;
    case SIGTRAP:
      __asm__ volatile("int3");
      break;
  }
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, Other, NULL);
  memset(memory, 7, sizeof(memory));
  if (write(1, "ready\n", 6) != 6) return 1;
  char how[16];
  int number;
  for (;;) {
    FILE* file = fopen(getenv("DYING_GO"), "r");
    const int words = file == NULL ? 0 : fscanf(file, "%15s %d", how, &number);
    if (file != NULL) fclose(file);
    if (words == 2) break;
    poll(NULL, 0, 1);
  }
  if (strcmp(how, "raise") == 0) raise(number);
  if (strcmp(how, "fault") == 0) Fault(number);
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "exit") == 0) exit(number);
  if (write(1, "waits\n", 6) != 6) return 1;
  for (;;) pause();
}
