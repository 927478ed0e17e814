// hooks_symbols_test.cpp - the runtime's own look-up finds what dlsym finds.

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "hooks/next_symbols.h"

namespace ckpt::hooks {
namespace {

constexpr const char* kNames[] = {
#define CKPT_HOOK(group, name) #name,
#include "ckpt/hooks.def"
};

TEST(NextSymbols, AreThoseOfDlsym) {
  NextSymbols next;
  ASSERT_TRUE(next.Open());
  for (const char* name : kNames) {
    void* expected = dlsym(RTLD_NEXT, name);
    ASSERT_NE(expected, nullptr) << name;
    EXPECT_EQ(next.Find(name, GnuHash(name)), expected) << name;
  }
}

TEST(NextSymbols, OfAnIfuncAreWhatItChooses) {
  NextSymbols next;
  ASSERT_TRUE(next.Open());
  for (const char* name : {"time", "gettimeofday", "memcpy", "strlen"}) {
    EXPECT_EQ(next.Find(name, GnuHash(name)), dlsym(RTLD_NEXT, name)) << name;
  }
}

TEST(NextSymbols, ThatNobodyHasAreNone) {
  NextSymbols next;
  ASSERT_TRUE(next.Open());
  EXPECT_EQ(next.Find("no_such_name", GnuHash("no_such_name")), nullptr);
  EXPECT_EQ(next.Find("", GnuHash("")), nullptr);
}

}  // namespace
}  // namespace ckpt::hooks
