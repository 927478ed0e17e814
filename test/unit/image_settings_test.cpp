// Tests of runtime/image/settings.h: which settings count as the program's own.

#include "image/settings.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ckpt::image {
namespace {

constexpr uint64_t kNice = ItemBit(ThreadItem::kNice);
constexpr uint64_t kAffinity = ItemBit(ThreadItem::kAffinity);

class Chosen : public testing::Test {
 protected:
  uint64_t Enter() {
    EnterChosen<ThreadItem>(&now_, launcher_, last_, &left_);
    return now_.chosen;
  }
  ThreadSettings now_ = {}, launcher_ = {}, last_ = {}, left_ = {};
};

// Intent: what is as the launcher gave it is nobody's choice.
TEST_F(Chosen, NothingAtFirst) {
  now_.nice = launcher_.nice = 5;
  EXPECT_EQ(Enter(), 0u);
}

// Intent: what differs from the launcher's is chosen, and nothing else.
TEST_F(Chosen, WhatDiffers) {
  now_.nice = 5;
  now_.affinity[15] = 1;
  EXPECT_EQ(Enter(), kNice | kAffinity);
}

// Intent: a choice does not end when a new launcher happens to give the same.
TEST_F(Chosen, SurvivesALauncherLikeIt) {
  now_.nice = last_.nice = launcher_.nice = 5;
  last_.chosen = kNice;
  EXPECT_EQ(Enter(), kNice);
}

// Intent: who goes back to what the launcher gave has given up the choice.
TEST_F(Chosen, CanBeGivenUp) {
  last_.nice = 5;
  last_.chosen = kNice;
  EXPECT_EQ(Enter(), 0u);
}

// Intent: what a restart could not set up again is still the choice, with the
// value that was wanted.
TEST_F(Chosen, IsKeptWhileOutOfReach) {
  last_.affinity[0] = 0xff;
  last_.chosen = kAffinity;
  left_.affinity[0] = now_.affinity[0] = launcher_.affinity[0] = 0x3;
  left_.chosen = kAffinity;
  EXPECT_EQ(Enter(), kAffinity);
  EXPECT_EQ(now_.affinity[0], 0xffu);
  EXPECT_EQ(left_.chosen, kAffinity);
}

// Intent: a newer choice replaces the one that was out of reach.
TEST_F(Chosen, IsReplacedByANewerOne) {
  last_.affinity[0] = 0xff;
  last_.chosen = kAffinity;
  left_.affinity[0] = launcher_.affinity[0] = 0x3;
  left_.chosen = kAffinity;
  now_.affinity[0] = 0x1;
  EXPECT_EQ(Enter(), kAffinity);
  EXPECT_EQ(now_.affinity[0], 0x1u);
  EXPECT_EQ(left_.chosen, 0u);
}

// Intent: every byte of a record but `chosen` and what is reserved belongs to
// one item, and every item has a name of its own.
template <typename Item, typename Settings>
void CheckItems(size_t reserved) {
  std::set<uint32_t> covered;
  std::set<std::string> names;
  for (uint32_t i = 0; i < static_cast<uint32_t>(Item::kCount); ++i) {
    const SettingItem item = ItemOf(static_cast<Item>(i));
    EXPECT_GT(item.size, 0u) << i;
    EXPECT_EQ(item.size % 4, 0u) << i;
    names.insert(item.name);
    for (uint32_t at = 0; at < item.size; ++at) {
      EXPECT_TRUE(covered.insert(item.offset + at).second) << item.name;
    }
  }
  EXPECT_EQ(covered.size(), sizeof(Settings) - sizeof(uint64_t) - reserved);
}

TEST(Items, CoverThreadSettings) {
  CheckItems<ThreadItem, ThreadSettings>(sizeof(ThreadSettings::reserved));
}

TEST(Items, CoverProcessSettings) {
  CheckItems<ProcessItem, ProcessSettings>(0);
}

}  // namespace
}  // namespace ckpt::image
