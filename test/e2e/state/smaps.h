/* smaps.h - what the kernel says about a mapping of this process. */
#ifndef STATE_SMAPS_H
#define STATE_SMAPS_H

#include "behave.h"

/* True if the mapping that holds `at` has the two letters in its VmFlags. */
static inline int HasFlag(const void* at, const char* flag) {
  FILE* file = fopen("/proc/self/smaps", "r");
  char line[4400];
  int inside = 0, found = -1;
  CHECK(file != NULL);
  while (found < 0 && fgets(line, sizeof(line), file) != NULL) {
    unsigned long start, end;
    if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
      inside = (unsigned long)at >= start && (unsigned long)at < end;
    } else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
      char word[5] = {' ', flag[0], flag[1], ' ', '\0'};
      found = strstr(line, word) != NULL;
    }
  }
  fclose(file);
  CHECK(found >= 0);
  return found;
}

#endif
