// mutex_questions.h - what the lock doors (hooks/mutex_x86_64.S) do not do
// themselves: in unit tests an answer that no mutex gives.

#ifndef CKPT_TEST_MUTEX_QUESTIONS_H
#define CKPT_TEST_MUTEX_QUESTIONS_H

#include <stdint.h>

constexpr int kAsked = 1000;

extern "C" uint32_t __ckpt_foreign_mutexes, __ckpt_foreign_rwlocks;

#endif
