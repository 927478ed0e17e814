// Intent: what plain writers (write, O_APPEND, stdio, writev, through a dup)
// have written after the checkpoint is cut off at a restart: in the end each
// line is there once, byte by byte, however often the program was killed.
// RUN: %build_c
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 4 --ids ns %t
// RUN: %generations --generations 4 --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/uio.h>

#include "behave.h"

enum { kWriters = 5 };

static long written[kWriters];
static const char* const kNames[kWriters] = {"plain", "append", "stdio",
                                             "vector", "copy"};

// Lines of different lengths, so that a shift shows.
static int Line(char* line, int who, long n) {
  return sprintf(line, "%s %ld %.*s\n", kNames[who], n, (int)(n % 37),
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
}

static void* Write(void* argument) {
  const int who = (int)(intptr_t)argument;
  const int flags = O_CREAT | O_WRONLY | (who == 1 ? O_APPEND : O_TRUNC);
  int fd = open(kNames[who], flags, 0640);
  CHECK(fd >= 0);
  FILE* stream = NULL;
  if (who == 2) CHECK((stream = fdopen(fd, "w")) != NULL);
  if (who == 4) {
    const int copy = dup(fd);
    CHECK(copy >= 0 && close(fd) == 0);
    fd = copy;
  }
  char line[128];
  while (!Go()) {
    const int size = Line(line, who, written[who]);
    if (stream != NULL) {
      CHECK(fputs(line, stream) >= 0);
      if (written[who] % 11 == 0) CHECK(fflush(stream) == 0);
    } else if (who == 3) {
      const struct iovec parts[] = {{line, 3}, {line + 3, (size_t)size - 3}};
      CHECK(writev(fd, parts, 2) == size);
    } else {
      CHECK(write(fd, line, (size_t)size) == size);
    }
    ++written[who];
    if (written[who] % 64 == 0) Pause();
  }
  if (stream != NULL) {
    CHECK(fclose(stream) == 0);
  } else {
    CHECK(close(fd) == 0);
  }
  return NULL;
}

static void Check(int who) {
  FILE* stream = fopen(kNames[who], "r");
  CHECK(stream != NULL);
  for (long n = 0; n < written[who]; ++n) {
    char wanted[128], line[256] = "";
    Line(wanted, who, n);
    CHECK(fgets(line, sizeof(line), stream) != NULL);
    if (strcmp(line, wanted) != 0) {
      dprintf(2, "%s: line %ld is %s", kNames[who], n, line);
      _exit(1);
    }
  }
  CHECK(fgetc(stream) == EOF);
  fclose(stream);
}

int main(void) {
  pthread_t threads[kWriters];
  for (int i = 0; i < kWriters; ++i) {
    threads[i] = Start(Write, (void*)(intptr_t)i);
  }
  Ready();
  for (int i = 0; i < kWriters; ++i) {
    Join(threads[i]);
    Check(i);
  }
  return Done();
}
