// Stands in for the runtime where a test of the pass runs what it compiled: two
// hooks that can be told from the C library's functions, and a start that
// takes the last word off the command line and says so.
#include <stdio.h>

#include "ckpt/abi.h"

#ifdef STANDIN_OTHER_VERSION
const char __ckpt_abi_version_of_another_time = 0;
#else
const char CKPT_ABI_SYMBOL = 0;
#endif

void __ckpt_main_init(int *argc, char **argv) {
  printf("init: %s %s\n", argc ? "argc" : "null", argv ? "argv" : "null");
  if (argc && *argc > 1) {
    --*argc;
    if (argv) argv[*argc] = NULL;
  }
}

int __ckpt_getpid(void) { return -4711; }

int __ckpt_close(int fd) { return fd + 1000; }
