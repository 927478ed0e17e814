// callbacks.c - prints what its callbacks are told. Argument: what the one
// before a checkpoint does, "return", "block" until the token is there, or
// "disable" checkpoints until a child has been ended by the token.
#include "behave.h"

static const char* what;
static int blocked;

static void Print(const char* event, int error) {
  char line[64];
  snprintf(line, sizeof(line), "%s %d\n", event, error);
  Say(line);
}

static void Before(int error, void* argument) {
  (void)argument;
  Print("before", error);
  if (strcmp(what, "block") == 0) AwaitGo();
  if (strcmp(what, "disable") == 0 && !Get(&blocked)) {
    checkpoint_disable();
    Set(&blocked, 1);
  }
}
static void After(int error, void* argument) {
  (void)argument;
  Print("after", error);
}
static void Restart(int error, void* argument) {
  (void)argument;
  Print("restart", error);
}

int main(int argc, char** argv) {
  what = argc > 1 ? argv[1] : "return";
  CHECK(checkpoint_on(CHECKPOINT_BEFORE, Before, NULL) == 0);
  CHECK(checkpoint_on(CHECKPOINT_AFTER, After, NULL) == 0);
  CHECK(checkpoint_on(CHECKPOINT_RESTART, Restart, NULL) == 0);
  Ready();
  AwaitGo();
  if (Get(&blocked)) checkpoint_enable();
  const int here = checkpoint_here();
  Print("here", here);
  return Done();
}
