// Intent: a database of SQLite in a file, in each of its ways to keep a journal,
// under threads that commit all the time: after any number of kills and restarts
// (--files content) it is whole, and has each transaction that the program has
// committed once.
// RUN: %build_c -lsqlite3
// RUN: %generations --generations 5 --option=--files --option=content=data/* %t delete
// RUN: %generations --generations 5 --option=--files --option=content=data/* --ids ns %t wal
// RUN: %generations --generations 5 --option=--files --option=content=data/* --ids new --user nobody %t persist
// REQUIRES: nobody
#include <sqlite3.h>
#include <sys/stat.h>

#include "behave.h"

enum { kThreads = 3 };

static long committed[kThreads];

static sqlite3* Open(void) {
  sqlite3* base;
  CHECK(sqlite3_open("data/base", &base) == SQLITE_OK);
  CHECK(sqlite3_busy_timeout(base, 30000) == SQLITE_OK);
  return base;
}

static void Do(sqlite3* base, const char* statement) {
  char* error = NULL;
  if (sqlite3_exec(base, statement, NULL, NULL, &error) != SQLITE_OK) {
    dprintf(2, "%s: %s\n", statement, error);
    _exit(1);
  }
}

static long Number(sqlite3* base, const char* query) {
  sqlite3_stmt* statement;
  CHECK(sqlite3_prepare_v2(base, query, -1, &statement, NULL) == SQLITE_OK);
  CHECK(sqlite3_step(statement) == SQLITE_ROW);
  const long number = sqlite3_column_int64(statement, 0);
  CHECK(sqlite3_finalize(statement) == SQLITE_OK);
  return number;
}

// Rows of a thread, and their sum: each transaction adds two.
static void Compare(sqlite3* base, int who) {
  char query[96];
  const long n = committed[who];
  snprintf(query, sizeof(query), "select count(*) from t where thread=%d", who);
  CHECK(Number(base, query) == 2 * n);
  snprintf(query, sizeof(query), "select total(value) from t where thread=%d",
           who);
  CHECK(Number(base, query) == n * (n + 1));
}

static void* Worker(void* argument) {
  const int who = (int)(intptr_t)argument;
  sqlite3* base = Open();
  while (!Go()) {
    char text[200];
    const long value = committed[who] + 1;
    Do(base, "begin immediate");
    for (int i = 0; i < 2; ++i) {
      snprintf(text, sizeof(text),
               "insert into t values(%d, %ld, hex(randomblob(%ld)))", who,
               value, value % 500);
      Do(base, text);
    }
    Do(base, "commit");
    committed[who] = value;
    if (value % 16 == 0) Compare(base, who);
  }
  CHECK(sqlite3_close(base) == SQLITE_OK);
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t threads[kThreads];
  char text[64];
  CHECK(argc == 2 && mkdir("data", 0700) == 0);
  sqlite3* base = Open();
  snprintf(text, sizeof(text), "pragma journal_mode=%s", argv[1]);
  Do(base, text);
  Do(base, "create table t(thread integer, value integer, more text)");
  Do(base, "create index i on t(thread, value)");
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(Worker, (void*)(intptr_t)i);
  }
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  for (int i = 0; i < kThreads; ++i) Compare(base, i);
  CHECK(Number(base, "select integrity_check = 'ok' from "
                     "pragma_integrity_check") == 1);
  CHECK(sqlite3_close(base) == SQLITE_OK);
  return Done();
}
