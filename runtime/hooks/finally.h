// finally.h - a call and what must follow it, also when the thread is cancelled
// in the call or leaves it by pthread_exit. In C, because the rest of the
// runtime is built without exceptions.

#ifndef CKPT_HOOKS_FINALLY_H
#define CKPT_HOOKS_FINALLY_H

#ifdef __cplusplus
extern "C" {
#endif

// The result of ask(argument); after it, or when it is unwound, runs
// after(state).
int __ckpt_finally(int (*ask)(void*), void* argument, void (*after)(void*),
                   void* state);

#ifdef __cplusplus
}

namespace ckpt::hooks {

// The same for function objects.
template <typename Ask, typename After>
int Finally(Ask ask, After after) {
  return __ckpt_finally(
      [](void* argument) { return (*static_cast<Ask*>(argument))(); }, &ask,
      [](void* state) { (*static_cast<After*>(state))(); }, &after);
}

}  // namespace ckpt::hooks
#endif

#endif
