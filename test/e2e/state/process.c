// Intent: what the program has arranged for the process as a whole it finds
// again: sub-reaper, huge pages, core dump filter, OOM score.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/prctl.h>

#include "behave.h"

static long Number(const char* path, int base) {
  char text[32] = "";
  const int fd = open(path, O_RDONLY);
  CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
  close(fd);
  return strtol(text, NULL, base);
}

static void Write(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

int main(void) {
  const long score = Number("/proc/self/oom_score_adj", 10) + 77;
  char text[32];
  snprintf(text, sizeof(text), "%ld", score);
  Write("/proc/self/oom_score_adj", text);
  Write("/proc/self/coredump_filter", "0x11");
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
  LiveThroughRestarts();
  int subreaper = 0;
  CHECK(prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0) == 0);
  CHECK(subreaper == 1);
  CHECK(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1);
  CHECK(Number("/proc/self/coredump_filter", 16) == 0x11);
  CHECK(Number("/proc/self/oom_score_adj", 10) == score);
  return Done();
}
