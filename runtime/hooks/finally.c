/* finally.c - see finally.h. */

#include "hooks/finally.h"

struct After {
  void (*run)(void*);
  void* state;
};

static void Run(struct After* after) { after->run(after->state); }

__attribute__((visibility("hidden"))) int __ckpt_finally(
    int (*ask)(void*), void* argument, void (*run)(void*), void* state) {
  __attribute__((cleanup(Run))) struct After after = {run, state};
  return ask(argument);
}
