// Intent: a database of LMDB, mapped into memory and locked by mutexes in a
// file, under threads that commit all the time: after any number of kills and
// restarts (--files content) it is whole, and has each transaction that the
// program has committed once.
// RUN: %build_c -llmdb
// RUN: %generations --generations 5 --option=--files --option=content=data/* %t
// RUN: %generations --generations 5 --option=--files --option=content=data/* --ids ns %t map
// RUN: %generations --generations 5 --option=--files --option=content=data/* --ids new --user nobody %t
// REQUIRES: nobody
#include <lmdb.h>
#include <sys/stat.h>

#include "behave.h"

enum { kThreads = 3, kKeys = 50 };

static MDB_env* env;
static MDB_dbi base;
static long committed[kThreads];

#define DO(call)                                                   \
  do {                                                             \
    const int do_result = call;                                    \
    if (do_result != 0) {                                          \
      dprintf(2, "line %d: %s: %s\n", __LINE__, #call,             \
              mdb_strerror(do_result));                            \
      _exit(1);                                                    \
    }                                                              \
  } while (0)

// Each transaction of a thread enters its number under two keys.
static void Put(MDB_txn* transaction, int who, long key, long number) {
  char name[32];
  long value[100];
  snprintf(name, sizeof(name), "%d/%ld", who, key);
  for (int i = 0; i < 100; ++i) value[i] = number;
  MDB_val k = {strlen(name), name}, v = {sizeof(value), value};
  DO(mdb_put(transaction, base, &k, &v, 0));
}

static long Get2(MDB_txn* transaction, int who, long key) {
  char name[32];
  long number = 0;
  snprintf(name, sizeof(name), "%d/%ld", who, key);
  MDB_val k = {strlen(name), name}, v;
  const int result = mdb_get(transaction, base, &k, &v);
  if (result == MDB_NOTFOUND) return 0;
  DO(result);
  CHECK(v.mv_size == 100 * sizeof(long));
  memcpy(&number, (char*)v.mv_data + 99 * sizeof(long), sizeof(number));
  return number;
}

static void Compare(int who) {
  MDB_txn* transaction;
  DO(mdb_txn_begin(env, NULL, MDB_RDONLY, &transaction));
  const long n = committed[who];
  CHECK(Get2(transaction, who, -1) == n);
  for (long i = n > kKeys ? n - kKeys + 1 : 1; i <= n; ++i) {
    CHECK(Get2(transaction, who, i % kKeys) == i);
  }
  mdb_txn_abort(transaction);
}

static void* Worker(void* argument) {
  const int who = (int)(intptr_t)argument;
  while (!Go()) {
    MDB_txn* transaction;
    DO(mdb_txn_begin(env, NULL, 0, &transaction));
    const long number = committed[who] + 1;
    CHECK(Get2(transaction, who, -1) == committed[who]);
    Put(transaction, who, number % kKeys, number);
    Put(transaction, who, -1, number);
    DO(mdb_txn_commit(transaction));
    committed[who] = number;
    if (number % 16 == 0) Compare(who);
  }
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t threads[kThreads];
  (void)argv;
  CHECK(mkdir("data", 0700) == 0);
  DO(mdb_env_create(&env));
  DO(mdb_env_set_mapsize(env, 256 << 20));
  DO(mdb_env_open(env, "data", argc > 1 ? MDB_WRITEMAP : MDB_NOSYNC, 0600));
  MDB_txn* transaction;
  DO(mdb_txn_begin(env, NULL, 0, &transaction));
  DO(mdb_dbi_open(transaction, NULL, MDB_CREATE, &base));
  DO(mdb_txn_commit(transaction));
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(Worker, (void*)(intptr_t)i);
  }
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  for (int i = 0; i < kThreads; ++i) Compare(i);
  int dead = 0;
  DO(mdb_reader_check(env, &dead));
  CHECK(dead == 0);
  mdb_env_close(env);
  return Done();
}
