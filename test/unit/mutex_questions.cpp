// mutex_questions.cpp - see mutex_questions.h.

#include "mutex_questions.h"

#include <pthread.h>
#include <threads.h>

extern "C" {
uint32_t __ckpt_foreign_mutexes = 0;
uint32_t __ckpt_foreign_rwlocks = 0;
int __ckpt_ask_mutex_lock(pthread_mutex_t*) { return kAsked; }
int __ckpt_ask_mutex_trylock(pthread_mutex_t*) { return kAsked; }
int __ckpt_ask_mutex_unlock(pthread_mutex_t*) { return kAsked; }
int __ckpt_ask_mtx_lock(mtx_t*) { return kAsked; }
int __ckpt_ask_mtx_trylock(mtx_t*) { return kAsked; }
int __ckpt_ask_mtx_unlock(mtx_t*) { return kAsked; }
int __ckpt_ask_rwlock_rdlock(pthread_rwlock_t*) { return kAsked; }
int __ckpt_ask_rwlock_tryrdlock(pthread_rwlock_t*) { return kAsked; }
int __ckpt_ask_rwlock_wrlock(pthread_rwlock_t*) { return kAsked; }
int __ckpt_ask_rwlock_trywrlock(pthread_rwlock_t*) { return kAsked; }
int __ckpt_ask_rwlock_unlock(pthread_rwlock_t*) { return kAsked; }
}
