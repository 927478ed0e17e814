// ending.c - lives until its token, then ends as its argument says: an exit
// code, or `-N` for death by signal N. Says each SIGUSR1 and SIGTERM that it
// gets.
#include "behave.h"

static void OnSignal(int signal) {
  Say(signal == SIGUSR1 ? "got USR1\n" : "got TERM\n");
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  LiveThroughRestarts();
  Done();
  const int how = atoi(argv[1]);
  if (how >= 0) return how;
  signal(-how, SIG_DFL);
  raise(-how);
  return 0;
}
