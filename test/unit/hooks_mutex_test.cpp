// hooks_mutex_test.cpp - the mutex doors in assembly, executed one instruction
// at a time: wherever a signal finds a thread, after LeaveLockRegion the mutex
// and the thread's table agree, and the call still has its result.

#include <gtest/gtest.h>
#include <sys/single_threaded.h>
#include <threads.h>

#include "mutex_questions.h"
#include "stepping.h"
#include "track/lock_region.h"
#include "track/locks.h"

extern "C" {
int __ckpt_pthread_mutex_lock(pthread_mutex_t*);
int __ckpt_pthread_mutex_trylock(pthread_mutex_t*);
int __ckpt_pthread_mutex_unlock(pthread_mutex_t*);
int __ckpt_mtx_lock(mtx_t*);
int __ckpt_mtx_trylock(mtx_t*);
int __ckpt_mtx_unlock(mtx_t*);
}

namespace ckpt::track {
namespace {

using test::g_reached;
using test::g_steps_left;
using test::Stepped;

pthread_mutex_t g_mutex, g_newer;
Slot* g_slot;
int g_new_tid;  // of a restart at that moment; 0: none
bool g_agree;

uint32_t Entries() {
  uint32_t n = 0;
  for (uint32_t i = 0; i < g_slot->lock_depth; ++i) {
    n += LockAt(g_slot, i) == &g_mutex ? 1 : 0;
  }
  return n;
}

// True if the mutex is as the table says.
bool Agree() {
  const auto& m = g_mutex.__data;
  const uint32_t n = Entries();
  const bool recursive = (m.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP;
  return (m.__lock != 0) == (n != 0) &&
         m.__owner == (n != 0 ? g_slot->tid.load() : 0) &&
         m.__nusers == (n != 0 ? 1u : 0u) && m.__count == (recursive ? n : 0u);
}

void AtStep(ucontext_t* frame) {
  LeaveLockRegion(g_slot, frame);
  g_agree = Agree();
  if (g_new_tid != 0) {
    g_slot->tid = g_new_tid;
    if (Entries() != 0) g_mutex.__data.__owner = g_new_tid;
  }
}

int Lock() { return __ckpt_pthread_mutex_lock(&g_mutex); }
int TryLock() { return __ckpt_pthread_mutex_trylock(&g_mutex); }
int Unlock() { return __ckpt_pthread_mutex_unlock(&g_mutex); }
mtx_t* AsC11() { return reinterpret_cast<mtx_t*>(&g_mutex); }
int C11Lock() { return __ckpt_mtx_lock(AsC11()); }
int C11TryLock() { return __ckpt_mtx_trylock(AsC11()); }
int C11Unlock() { return __ckpt_mtx_unlock(AsC11()); }

struct Case {
  const char* name;
  int (*call)();
  int kind;
  uint32_t before, after;  // how often the thread has it
  int result;
  bool others = false;  // another thread has it
  int word = 1;         // of the lock, while held
  bool newer = false;   // another mutex has been locked after it
};

class Doors : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    g_slot = Self();
    test::g_at_step = AtStep;
  }

  void Prepare() {
    const Case& c = GetParam();
    g_slot->tid = 4711;
    g_slot->lock_depth = 0;
    g_mutex = {};
    auto& m = g_mutex.__data;
    m.__kind = c.kind;
    if (c.others) {
      m.__lock = c.word;
      m.__owner = 99;
      m.__nusers = 1;
    }
    for (uint32_t i = 0; i < c.before; ++i) PushLock(g_slot, &g_mutex);
    if (c.newer) PushLock(g_slot, &g_newer);
    if (c.before != 0) {
      m.__lock = c.word;
      m.__owner = 4711;
      m.__nusers = 1;
      m.__count = (c.kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP ? c.before : 0;
    }
    g_reached = false;
    g_agree = true;
  }

  // Interrupted before each instruction in turn.
  void Interrupt(int new_tid) {
    const Case& c = GetParam();
    for (int step = 0;; ++step) {
      Prepare();
      g_new_tid = new_tid;
      g_steps_left = step;
      const int r = Stepped(c.call);
      ASSERT_EQ(r, c.result) << "step " << step;
      ASSERT_EQ(Entries(), c.after) << "step " << step;
      if (c.newer) {
        ASSERT_EQ(g_slot->lock_depth, c.after + 1) << "step " << step;
        ASSERT_EQ(LockAt(g_slot, c.after), &g_newer) << "step " << step;
      }
      if (!c.others) {
        ASSERT_TRUE(g_agree) << "step " << step;
        ASSERT_TRUE(Agree()) << "step " << step;
      }
      if (!g_reached) {
        ASSERT_GT(step, 5);
        break;
      }
      ASSERT_LT(step, 200);
    }
    g_new_tid = 0;
  }

  test::Stepping stepping_;
};

TEST_P(Doors, OneInstructionAtATime) { Interrupt(0); }
TEST_P(Doors, OneInstructionAtATimeAndAnotherId) { Interrupt(815); }
TEST_P(Doors, WithoutAtomics) {
  const char before = __libc_single_threaded;
  __libc_single_threaded = 1;
  Interrupt(0);
  Interrupt(815);
  __libc_single_threaded = before;
}
TEST_P(Doors, WithAtomics) {
  const char before = __libc_single_threaded;
  __libc_single_threaded = 0;
  Interrupt(0);
  Interrupt(815);
  __libc_single_threaded = before;
}
TEST_P(Doors, AskForAllWhereTheLibraryIsForeign) {
  Prepare();
  __ckpt_foreign_mutexes = ~0u;
  EXPECT_EQ(GetParam().call(), kAsked);
  __ckpt_foreign_mutexes = 0;
}

constexpr int kNormal = 0, kNoElision = 512;
constexpr int kRecursive = PTHREAD_MUTEX_RECURSIVE_NP;
constexpr int kChecking = PTHREAD_MUTEX_ERRORCHECK_NP;

INSTANTIATE_TEST_SUITE_P(
    Mutexes, Doors,
    testing::Values(
        Case{"lock", Lock, kNormal, 0, 1, 0},
        Case{"lock_initialised", Lock, kNoElision, 0, 1, 0},
        Case{"lock_others", Lock, kNormal, 0, 0, kAsked, true},
        Case{"lock_recursive", Lock, kRecursive, 0, 1, 0},
        Case{"lock_recursive_again", Lock, kRecursive, 1, 2, 0},
        Case{"lock_recursive_often", Lock, kRecursive, 9, 10, 0},
        Case{"lock_recursive_others", Lock, kRecursive, 0, 0, kAsked, true},
        Case{"lock_checking", Lock, kChecking, 0, 1, 0},
        Case{"lock_checking_again", Lock, kChecking, 1, 1, kAsked},
        Case{"trylock", TryLock, kNormal, 0, 1, 0},
        Case{"trylock_others", TryLock, kNormal, 0, 0, EBUSY, true},
        Case{"trylock_own", TryLock, kNormal, 1, 1, EBUSY},
        Case{"trylock_recursive", TryLock, kRecursive, 0, 1, 0},
        Case{"trylock_recursive_again", TryLock, kRecursive, 1, 2, 0},
        Case{"trylock_recursive_others", TryLock, kRecursive, 0, 0, EBUSY,
             true},
        Case{"trylock_checking", TryLock, kChecking, 0, 1, 0},
        Case{"trylock_checking_own", TryLock, kChecking, 1, 1, EBUSY},
        Case{"unlock", Unlock, kNormal, 1, 0, 0},
        Case{"unlock_waited_for", Unlock, kNormal, 1, 0, 0, false, 2},
        Case{"unlock_second", Unlock, kNormal, 1, 0, 0, false, 1, true},
        Case{"unlock_second_waited_for", Unlock, kNormal, 1, 0, 0, false, 2,
             true},
        Case{"unlock_recursive", Unlock, kRecursive, 1, 0, 0},
        Case{"unlock_recursive_waited_for", Unlock, kRecursive, 1, 0, 0, false,
             2},
        Case{"unlock_recursive_once", Unlock, kRecursive, 2, 1, 0},
        Case{"unlock_recursive_others", Unlock, kRecursive, 0, 0, kAsked, true},
        Case{"unlock_checking", Unlock, kChecking, 1, 0, 0},
        Case{"unlock_checking_free", Unlock, kChecking, 0, 0, kAsked},
        Case{"unlock_checking_others", Unlock, kChecking, 0, 0, kAsked, true},
        Case{"c11_lock", C11Lock, kNormal, 0, 1, 0},
        Case{"c11_lock_recursive", C11Lock, kRecursive, 1, 2, 0},
        Case{"c11_trylock", C11TryLock, kNormal, 0, 1, 0},
        Case{"c11_trylock_others", C11TryLock, kNormal, 0, 0, thrd_busy, true},
        Case{"c11_unlock", C11Unlock, kNormal, 1, 0, 0},
        Case{"c11_unlock_recursive", C11Unlock, kRecursive, 2, 1, 0}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(DoorsTable, WhatIsNotOfTheTwoNewestLocksIsAskedFor) {
  g_slot = Self();
  pthread_mutex_t others[2] = {};
  g_slot->lock_depth = 0;
  g_slot->tid = 4711;
  g_mutex = {};
  EXPECT_EQ(Unlock(), kAsked);
  ASSERT_EQ(Lock(), 0);
  for (auto& other : others) ASSERT_EQ(__ckpt_pthread_mutex_lock(&other), 0);
  EXPECT_EQ(Unlock(), kAsked);
  g_slot->lock_depth = 0;
}

TEST(DoorsTable, WhatIsFullIsAskedFor) {
  g_slot = Self();
  g_slot->lock_depth = kInlineLocks;
  g_slot->tid = 4711;
  g_mutex = {};
  EXPECT_EQ(Lock(), kAsked);
  EXPECT_EQ(TryLock(), kAsked);
  g_mutex.__data.__kind = kRecursive;
  EXPECT_EQ(Lock(), kAsked);
  g_slot->lock_depth = 0;
}

TEST(DoorsTable, KindsWithMoreToDoAreAskedFor) {
  g_slot = Self();
  g_slot->lock_depth = 0;
  for (int kind : {3, 16, 17, 18, 32, 33, 48, 64, 128, 129, 256}) {
    g_mutex = {};
    g_mutex.__data.__kind = kind;
    EXPECT_EQ(Lock(), kAsked) << kind;
    EXPECT_EQ(TryLock(), kAsked) << kind;
    PushLock(g_slot, &g_mutex);
    g_mutex.__data.__lock = 1;
    g_mutex.__data.__owner = g_slot->tid;
    EXPECT_EQ(Unlock(), kAsked) << kind;
    g_slot->lock_depth = 0;
  }
}

TEST(DoorsTable, CountsThatAreFullAreAskedFor) {
  g_slot = Self();
  g_slot->lock_depth = 0;
  g_slot->tid = 4711;
  g_mutex = {};
  auto& m = g_mutex.__data;
  m.__kind = kRecursive;
  m.__lock = 1;
  m.__owner = 4711;
  m.__nusers = 1;
  m.__count = ~0u;
  EXPECT_EQ(Lock(), kAsked);
  EXPECT_EQ(m.__count, ~0u);
}

}  // namespace
}  // namespace ckpt::track
