// core_fault_test.cpp - which passages of a fault point fail.

#include "base/fault.h"

#include <gtest/gtest.h>

#include <csignal>

namespace ckpt::fault {
namespace {

class FaultTest : public testing::Test {
 protected:
  void TearDown() override { g_armed = {}; }
};

TEST_F(FaultTest, NothingFailsUnarmed) {
  EXPECT_EQ(At(Point::image_write), 0);
}

TEST_F(FaultTest, TheFirstPassageWithoutANumber) {
  ASSERT_TRUE(Arm("image_write=28"));
  EXPECT_EQ(At(Point::image_sync), 0);
  EXPECT_EQ(At(Point::image_write), -28);
  EXPECT_EQ(At(Point::image_write), 0);
}

TEST_F(FaultTest, OnePassage) {
  ASSERT_TRUE(Arm("stop=5@3"));
  EXPECT_EQ(At(Point::stop), 0);
  EXPECT_EQ(At(Point::stop), 0);
  EXPECT_EQ(At(Point::stop), -5);
  EXPECT_EQ(At(Point::stop), 0);
}

TEST_F(FaultTest, EveryPassageFromThere) {
  ASSERT_TRUE(Arm("stop=12@2+"));
  EXPECT_EQ(At(Point::stop), 0);
  EXPECT_EQ(At(Point::stop), -12);
  EXPECT_EQ(At(Point::stop), -12);
}

TEST_F(FaultTest, ArmingAnewForgetsTheOld) {
  ASSERT_TRUE(Arm("stop=5@2"));
  EXPECT_EQ(At(Point::stop), 0);
  ASSERT_TRUE(Arm("stop=5@2"));
  EXPECT_EQ(At(Point::stop), 0);
  EXPECT_EQ(At(Point::stop), -5);
}

TEST_F(FaultTest, EveryRowCanBeArmed) {
#define CKPT_FAULT_POINT(name)    \
  ASSERT_TRUE(Arm(#name "=1@1")); \
  EXPECT_EQ(At(Point::name), -1) << #name;
#include "base/fault.def"
}

TEST_F(FaultTest, NonsenseArmsNothing) {
  for (const char* text :
       {"", "stop", "stop=", "stop=x", "stop=0", "stop=-1", "stop=4096",
        "stop=5@", "stop=5@0", "stop=5@x", "stop=5@1-", "stop=5+", "stop =5",
        "stops=5", "sto=5", "stop=kills", "stop=5@1+ "}) {
    EXPECT_FALSE(Arm(text)) << text;
    EXPECT_EQ(g_armed.on, 0u) << text;
  }
}

TEST_F(FaultTest, KillKills) {
  ASSERT_TRUE(Arm("resume=kill@2"));
  EXPECT_EQ(At(Point::resume), 0);
  EXPECT_EXIT(At(Point::resume), testing::KilledBySignal(SIGKILL), "");
}

}  // namespace
}  // namespace ckpt::fault
