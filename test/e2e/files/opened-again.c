// Intent: a log that is opened for each line, appended to and closed has each
// line once in the end, however often the program was killed.
// RUN: %build_c
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 4 --ids ns %t
// RUN: %generations --generations 4 --ids new --user nobody %t
// REQUIRES: nobody
#include "behave.h"

enum { kWriters = 3, kLogs = 7 };

static const char* const kNames[kWriters] = {"open", "stream", "many"};
static long logged[kWriters];

// The third has several logs.
static const char* Name(int who, long n, char* name) {
  sprintf(name, "%s.%ld", kNames[who], who == 2 ? n % kLogs : 0);
  return name;
}

static void* Log(void* argument) {
  const int who = (int)(intptr_t)argument;
  char name[64], line[64];
  while (!Go()) {
    const int size = snprintf(line, sizeof(line), "%ld %s\n", logged[who],
                              kNames[who]);
    Name(who, logged[who], name);
    if (who == 1) {
      FILE* stream = fopen(name, "a");
      CHECK(stream != NULL && fputs(line, stream) >= 0);
      CHECK(fclose(stream) == 0);
    } else {
      const int fd = open(name, O_CREAT | O_WRONLY | O_APPEND, 0600);
      CHECK(fd >= 0 && write(fd, line, (size_t)size) == size);
      CHECK(close(fd) == 0);
    }
    ++logged[who];
    if (logged[who] % 16 == 0) Pause();
  }
  return NULL;
}

static void Check(int who) {
  FILE* streams[kLogs] = {NULL};
  const int logs = who == 2 ? kLogs : 1;
  for (long n = 0; n < logged[who]; ++n) {
    char name[64], wanted[64], line[64] = "";
    FILE** stream = &streams[n % logs];
    if (*stream == NULL) *stream = fopen(Name(who, n, name), "r");
    CHECK(*stream != NULL);
    snprintf(wanted, sizeof(wanted), "%ld %s\n", n, kNames[who]);
    CHECK(fgets(line, sizeof(line), *stream) != NULL);
    if (strcmp(line, wanted) != 0) {
      dprintf(2, "%s: line %ld is %s", kNames[who], n, line);
      _exit(1);
    }
  }
  for (int i = 0; i < logs; ++i) CHECK(fgetc(streams[i]) == EOF);
}

int main(void) {
  pthread_t threads[kWriters];
  for (int i = 0; i < kWriters; ++i) {
    threads[i] = Start(Log, (void*)(intptr_t)i);
  }
  for (int i = 0; i < kWriters; ++i) {
    while (__atomic_load_n(&logged[i], __ATOMIC_SEQ_CST) < kLogs) Pause();
  }
  Ready();
  for (int i = 0; i < kWriters; ++i) {
    Join(threads[i]);
    Check(i);
  }
  return Done();
}
