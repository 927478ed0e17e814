// Intent: threads that share a connection of SQLite, a library that was not
// instrumented and locks recursive mutexes, lose and double no row, however many
// checkpoints and restarts fall into its calls.
// RUN: %build_c -lsqlite3
// RUN: %generations --generations 4 %t
// RUN: %generations --generations 4 --ids ns %t
// RUN: %generations --generations 4 --ids new %t
#include <sqlite3.h>

#include "behave.h"

enum { kThreads = 3 };

static sqlite3* base;
static long inserted[kThreads];

static void Do(const char* statement) {
  char* error = NULL;
  if (sqlite3_exec(base, statement, NULL, NULL, &error) != SQLITE_OK) {
    dprintf(2, "%s: %s\n", statement, error);
    _exit(1);
  }
}

static long Number(const char* query) {
  sqlite3_stmt* statement;
  CHECK(sqlite3_prepare_v2(base, query, -1, &statement, NULL) == SQLITE_OK);
  CHECK(sqlite3_step(statement) == SQLITE_ROW);
  const long number = sqlite3_column_int64(statement, 0);
  CHECK(sqlite3_finalize(statement) == SQLITE_OK);
  return number;
}

static void* Worker(void* argument) {
  long* mine = argument;
  sqlite3_stmt* insert;
  CHECK(sqlite3_prepare_v2(base, "insert into t values(?, ?)", -1, &insert,
                           NULL) == SQLITE_OK);
  do {
    CHECK(sqlite3_bind_int64(insert, 1, mine - inserted) == SQLITE_OK);
    CHECK(sqlite3_bind_int64(insert, 2, *mine + 1) == SQLITE_OK);
    CHECK(sqlite3_step(insert) == SQLITE_DONE);
    CHECK(sqlite3_reset(insert) == SQLITE_OK);
    ++*mine;
  } while (!Go());
  CHECK(sqlite3_finalize(insert) == SQLITE_OK);
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  CHECK(sqlite3_threadsafe() == 1);
  CHECK(sqlite3_open(":memory:", &base) == SQLITE_OK);
  Do("create table t(thread integer, value integer)");
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Worker, &inserted[i]);
  Ready();
  for (int i = 0; i < kThreads; ++i) {
    char query[96];
    Join(threads[i]);
    snprintf(query, sizeof(query), "select count(*) from t where thread=%d", i);
    CHECK(Number(query) == inserted[i]);
    snprintf(query, sizeof(query), "select sum(value) from t where thread=%d",
             i);
    CHECK(Number(query) == inserted[i] * (inserted[i] + 1) / 2);
  }
  CHECK(sqlite3_close(base) == SQLITE_OK);
  return Done();
}
