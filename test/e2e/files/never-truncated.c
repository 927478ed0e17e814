// Intent: a file opened with O_TRUNC, O_CREAT or O_EXCL, or by fopen "w", is
// not emptied and not refused when a restart opens it again.
// RUN: %build_c
// RUN: %generations %t
#include <sys/stat.h>

#include "behave.h"

int main(void) {
  struct stat st;
  const int a = open("a", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  const int b = open("b", O_CREAT | O_EXCL | O_RDWR, 0600);
  FILE* c = fopen("c", "w");
  FILE* d = fopen("d", "w+x");
  const int e = creat("e", 0600);
  CHECK(a >= 0 && b >= 0 && c != NULL && d != NULL && e >= 0);
  CHECK(write(a, "12345", 5) == 5 && write(b, "12345", 5) == 5);
  CHECK(fputs("12345", c) >= 0 && fflush(c) == 0);
  CHECK(fputs("12345", d) >= 0 && fflush(d) == 0);
  CHECK(write(e, "12345", 5) == 5);
  LiveThroughRestarts();
  CHECK(write(a, "6", 1) == 1 && write(b, "6", 1) == 1 &&
        write(e, "6", 1) == 1);
  CHECK(fputs("6", c) >= 0 && fclose(c) == 0);
  CHECK(fputs("6", d) >= 0 && fclose(d) == 0);
  static const char* const names[] = {"a", "b", "c", "d", "e"};
  for (int i = 0; i < 5; ++i) {
    CHECK(stat(names[i], &st) == 0 && st.st_size == 6);
  }
  return Done();
}
