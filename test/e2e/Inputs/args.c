// args.c - says its arguments, and whether checkpoints can be taken.
#include "behave.h"

int main(int argc, char** argv) {
  printf("%d:", argc - 1);
  for (int i = 1; i < argc; ++i) printf(" [%s]", argv[i]);
  CHECK(argv[argc] == NULL && getenv("CKPT_OPTIONS") == NULL);
  checkpoint_disable();
  const int r = checkpoint_here();
  CHECK(r == -1);
  checkpoint_enable();
  printf(" %s\n", errno == ENOSYS ? "off" : "on");
  return 0;
}
