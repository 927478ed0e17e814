// Intent: threads, locks, conditions, queues and pools of GLib, a library that was
// not instrumented and waits on futexes of its own, are what they were: who waits
// goes on after the restart when it is time and not before.
// RUN: %build_c $(pkg-config --cflags --libs glib-2.0)
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <glib.h>

#include "behave.h"

enum { kPooled = 200, kWaits = 6 };

static GMutex mutex;
static GRecMutex recursive;
static GRWLock rwlock;
static GCond condition;
static GMutex condition_mutex;
static GAsyncQueue* queue;
static GOnce once = G_ONCE_INIT;
static GPrivate private_number;
static gint pooled;
static int waiting, got[kWaits], signalled, begun, let_go;

static void Wait(int i) {
  void* item;
  switch (i) {
    case 0:
      g_mutex_lock(&mutex);
      g_mutex_unlock(&mutex);
      break;
    case 1:
      g_rec_mutex_lock(&recursive);
      g_rec_mutex_unlock(&recursive);
      break;
    case 2:
      g_rw_lock_reader_lock(&rwlock);
      g_rw_lock_reader_unlock(&rwlock);
      break;
    case 3:
      g_mutex_lock(&condition_mutex);
      while (!signalled) g_cond_wait(&condition, &condition_mutex);
      g_mutex_unlock(&condition_mutex);
      break;
    case 4:
      item = g_async_queue_pop(queue);
      CHECK(item == &waiting);
      break;
    default:
      item = g_async_queue_timeout_pop(queue, 1000000000);
      CHECK(item == &waiting);
  }
}

static gpointer Waiter(gpointer argument) {
  const int i = (int)(long)argument;
  g_private_set(&private_number, argument);
  Count(&waiting);
  Wait(i);
  CHECK(Get(&let_go) == 1);
  CHECK(g_private_get(&private_number) == argument);
  Count(&got[i]);
  return argument;
}

static gpointer Initialise(gpointer argument) {
  Count(&begun);
  AwaitGo();
  return argument;
}

static gpointer Once(gpointer argument) {
  CHECK(g_once(&once, Initialise, argument) == &once);
  CHECK(Go());
  return argument;
}

static void Pooled(gpointer item, gpointer unused) {
  (void)unused;
  g_atomic_int_add(&pooled, (int)(long)item);
}

int main(void) {
  GThread *waiters[kWaits], *onces[2];
  queue = g_async_queue_new();
  g_mutex_lock(&mutex);
  g_rec_mutex_lock(&recursive);
  g_rec_mutex_lock(&recursive);
  g_rw_lock_writer_lock(&rwlock);
  for (long i = 0; i < kWaits; ++i) {
    waiters[i] = g_thread_new("waiter", Waiter, (void*)i);
  }
  for (int i = 0; i < 2; ++i) onces[i] = g_thread_new("once", Once, &once);
  GThreadPool* pool = g_thread_pool_new(Pooled, NULL, 3, FALSE, NULL);
  Await(&waiting, kWaits);
  Await(&begun, 1);
  LiveThroughRestarts();
  for (int i = 0; i < kWaits; ++i) CHECK(Get(&got[i]) == 0);
  CHECK(g_rec_mutex_trylock(&recursive) && !g_mutex_trylock(&mutex));
  CHECK(!g_rw_lock_reader_trylock(&rwlock));
  for (long i = 1; i <= kPooled; ++i) {
    CHECK(g_thread_pool_push(pool, (void*)i, NULL));
  }
  Set(&let_go, 1);
  g_mutex_unlock(&mutex);
  for (int i = 0; i < 3; ++i) g_rec_mutex_unlock(&recursive);
  g_rw_lock_writer_unlock(&rwlock);
  g_mutex_lock(&condition_mutex);
  signalled = 1;
  g_cond_signal(&condition);
  g_mutex_unlock(&condition_mutex);
  for (int i = 0; i < 2; ++i) g_async_queue_push(queue, &waiting);
  for (long i = 0; i < kWaits; ++i) {
    CHECK(g_thread_join(waiters[i]) == (void*)i && got[i] == 1);
  }
  for (int i = 0; i < 2; ++i) CHECK(g_thread_join(onces[i]) == &once);
  CHECK(begun == 1);
  g_thread_pool_free(pool, FALSE, TRUE);
  CHECK(pooled == kPooled * (kPooled + 1) / 2);
  return Done();
}
