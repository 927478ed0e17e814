/* worker.c - the program that the fault tests checkpoint, break and restart.
 *
 *   worker [FILE]
 *
 * Says that it has started (a restored one does not), keeps FILE open behind its first
 * word, and works in three threads until standard input ends. Then it checks
 * everything it knows to be true, says "right" or what is wrong, and exits with
 * 7, or 1. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkpoint.h"

enum { kThreads = 3, kBytes = 512 << 10, kWord = 6 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static unsigned long left, right; /* equal outside of the mutex */
static volatile int stop;
static unsigned char *heap;

struct worker {
  pthread_t thread;
  unsigned long steps, sum; /* sum of 1 ... steps */
};

static void *work(void *argument) {
  struct worker *me = argument;
  for (;;) {
    pthread_mutex_lock(&mutex);
    if (stop) break;
    if (left != right) {
      puts("wrong: left and right differ");
      _exit(1);
    }
    ++left;
    me->sum += ++me->steps;
    ++right;
    pthread_cond_signal(&turn);
    pthread_cond_wait(&turn, &mutex);
    pthread_mutex_unlock(&mutex);
    usleep(200);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static int check(const struct worker *workers, int file) {
  unsigned long steps = 0;
  for (int i = 0; i < kThreads; ++i) {
    const unsigned long n = workers[i].steps;
    if (workers[i].sum != n * (n + 1) / 2) return puts("wrong: a sum"), 1;
    steps += n;
  }
  if (steps != left || left != right) return puts("wrong: the steps"), 1;
  for (int i = 0; i < kBytes; ++i) {
    if (heap[i] != (unsigned char)(i * 7)) return puts("wrong: the heap"), 1;
  }
  char word[kWord] = "";
  if (file >= 0 && (read(file, word, kWord) != kWord ||
                    memcmp(word, "second", kWord) != 0)) {
    return puts("wrong: the file"), 1;
  }
  puts("right");
  return 7;
}

/* No checkpoint before the program has said that it has started, and none while
 * its threads are not there yet: the tests tell by the first whether a run was
 * restarted, and count what the second make a checkpoint write. */
static void wait_with_checkpoints(void) { checkpoint_disable(); }

/* Before the runtime's own entry, which the linker puts behind this one. */
__attribute__((section(".preinit_array"), used)) static void (*const first)(
    void) = wait_with_checkpoints;

int main(int argc, char **argv) {
  static struct worker workers[kThreads];
  char byte;
  int file = -1;
  heap = malloc(kBytes);
  for (int i = 0; i < kBytes; ++i) heap[i] = (unsigned char)(i * 7);
  if (argc > 1) {
    file = open(argv[1], O_RDONLY);
    if (file < 0 || lseek(file, kWord, SEEK_SET) != kWord) return 1;
  }
  printf("started with %d words\n", argc);
  fflush(stdout);
  for (int i = 0; i < kThreads; ++i) {
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  }
  checkpoint_enable();
  while (read(0, &byte, 1) > 0) continue;
  pthread_mutex_lock(&mutex);
  stop = 1;
  pthread_cond_broadcast(&turn);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kThreads; ++i) pthread_join(workers[i].thread, NULL);
  return check(workers, file);
}
