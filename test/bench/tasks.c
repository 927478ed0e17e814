// tasks.c - patches that exchange energy, as the paper's Radiosity: a task per
// exchange in queues of the threads, which steal from each other; a lock per
// queue and per patch, and little work between them. Millions of locks a second.
// Arguments: threads, patches, rounds.

#include <string.h>

#include "team.h"

struct Patch {
  pthread_mutex_t mutex;
  long energy;
  long visits;
};

struct Task {
  int from, to;
};

struct Queue {
  pthread_mutex_t mutex;
  struct Task* tasks;
  long head, tail;
} __attribute__((aligned(128)));

static struct Patch* g_patches;
static struct Queue g_queues[kMostThreads];
static long g_count, g_rounds;
static pthread_barrier_t g_barrier;

static int Take(struct Queue* queue, int own, struct Task* task) {
  int got = 0;
  pthread_mutex_lock(&queue->mutex);
  if (queue->head < queue->tail) {
    *task = own ? queue->tasks[--queue->tail] : queue->tasks[queue->head++];
    got = 1;
  }
  pthread_mutex_unlock(&queue->mutex);
  return got;
}

static int Find(long me, struct Task* task) {
  for (int i = 0; i < g_threads; ++i) {
    if (Take(&g_queues[(me + i) % g_threads], i == 0, task)) return 1;
  }
  return 0;
}

// Adding and subtracting: the order does not matter to the result.
static void Exchange(const struct Task* task) {
  struct Patch* first = &g_patches[task->from < task->to ? task->from : task->to];
  struct Patch* second =
      &g_patches[task->from < task->to ? task->to : task->from];
  const long amount = task->from % 7 + 1;
  pthread_mutex_lock(&first->mutex);
  pthread_mutex_lock(&second->mutex);
  g_patches[task->from].energy -= amount;
  g_patches[task->to].energy += amount;
  pthread_mutex_unlock(&second->mutex);
  pthread_mutex_unlock(&first->mutex);
  pthread_mutex_lock(&first->mutex);
  ++first->visits;
  pthread_mutex_unlock(&first->mutex);
}

static void FillQueue(long me, long round) {
  struct Queue* queue = &g_queues[me];
  unsigned long random = (unsigned long)(round + 1) * 2654435761ul;
  const long begin = Begin(g_count, me), end = End(g_count, me);
  pthread_mutex_lock(&queue->mutex);
  queue->head = queue->tail = 0;
  for (long i = begin; i < end; ++i) {
    const long step = 1 + (long)((random ^ (unsigned long)i) % 97);
    queue->tasks[queue->tail++] =
        (struct Task){(int)i, (int)((i + step) % g_count)};
  }
  pthread_mutex_unlock(&queue->mutex);
}

static void* Run(void* argument) {
  const long me = (long)argument;
  for (long round = 0; round < g_rounds; ++round) {
    FillQueue(me, round);
    pthread_barrier_wait(&g_barrier);
    struct Task task;
    while (Find(me, &task)) Exchange(&task);
    pthread_barrier_wait(&g_barrier);
  }
  return NULL;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  g_count = Argument(argc, argv, 2, 4096);
  g_rounds = Argument(argc, argv, 3, 1000);
  Check(g_count > 97, "too few patches");
  g_patches = calloc((size_t)g_count, sizeof(*g_patches));
  Check(g_patches != NULL, "no memory");
  for (long i = 0; i < g_count; ++i) {
    pthread_mutex_init(&g_patches[i].mutex, NULL);
    g_patches[i].energy = 1000000;
  }
  for (int i = 0; i < g_threads; ++i) {
    pthread_mutex_init(&g_queues[i].mutex, NULL);
    g_queues[i].tasks = malloc((size_t)g_count * sizeof(struct Task));
    Check(g_queues[i].tasks != NULL, "no memory");
  }
  pthread_barrier_init(&g_barrier, NULL, (unsigned)g_threads);
  RunTeam(Run);
  long sum = 0, visits = 0;
  unsigned long hash = 0;
  for (long i = 0; i < g_count; ++i) {
    sum += g_patches[i].energy;
    visits += g_patches[i].visits;
    hash = hash * 31 + (unsigned long)g_patches[i].energy;
  }
  Check(sum == g_count * 1000000, "energy is lost");
  Check(visits == g_count * g_rounds, "tasks are lost");
  printf("%016lx\n", hash);
  return 0;
}
