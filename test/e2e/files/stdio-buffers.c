// Intent: what stdio has buffered but not written at the checkpoint is written
// once, and what it has read ahead is delivered once.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kLines = 500 };

int main(void) {
  char line[64], expected[64];
  FILE* out = fopen("lines", "w");
  CHECK(out != NULL);
  for (int i = 0; i < kLines / 2; ++i) fprintf(out, "line %d\n", i);
  FILE* numbers = fopen("numbers", "w");
  for (int i = 0; i < kLines; ++i) fprintf(numbers, "%d\n", i);
  fclose(numbers);
  FILE* in = fopen("numbers", "r");
  for (int i = 0; i < kLines / 2; ++i) {
    CHECK(fgets(line, sizeof(line), in) != NULL && atoi(line) == i);
  }
  LiveThroughRestarts();
  for (int i = kLines / 2; i < kLines; ++i) {
    fprintf(out, "line %d\n", i);
    CHECK(fgets(line, sizeof(line), in) != NULL && atoi(line) == i);
  }
  CHECK(fgets(line, sizeof(line), in) == NULL && feof(in));
  CHECK(fclose(out) == 0 && fclose(in) == 0);
  in = fopen("lines", "r");
  for (int i = 0; i < kLines; ++i) {
    snprintf(expected, sizeof(expected), "line %d\n", i);
    CHECK(fgets(line, sizeof(line), in) != NULL && strcmp(line, expected) == 0);
  }
  CHECK(fgets(line, sizeof(line), in) == NULL);
  return Done();
}
