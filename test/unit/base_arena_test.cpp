// base_arena_test.cpp - pieces of one block of memory.

#include "base/arena.h"

#include <gtest/gtest.h>

namespace ckpt {
namespace {

TEST(Arena, AlignsWhatItGives) {
  alignas(16) char memory[64];
  Arena arena(memory, sizeof(memory));
  EXPECT_EQ(arena.Take<char>(), memory);
  EXPECT_EQ(reinterpret_cast<char*>(arena.Take<uint64_t>()), memory + 8);
  EXPECT_EQ(arena.left(), 48u);
}

TEST(Arena, EndsAtItsEnd) {
  alignas(8) char memory[24];
  Arena arena(memory, sizeof(memory));
  EXPECT_EQ(arena.Take<uint64_t>(4), nullptr);
  EXPECT_NE(arena.Take<uint64_t>(3), nullptr);
  EXPECT_EQ(arena.Take<char>(), nullptr);
  EXPECT_NE(arena.Take<char>(0), nullptr);
}

TEST(Arena, CountsCannotOverflow) {
  alignas(8) char memory[64];
  Arena arena(memory, sizeof(memory));
  EXPECT_EQ(arena.Take<uint64_t>(~size_t{0} / 8 + 2), nullptr);
  EXPECT_EQ(arena.Take<uint64_t>(~size_t{0}), nullptr);
  EXPECT_EQ(Arena().Take<char>(), nullptr);
}

TEST(ArenaList, GrowsWithoutHoles) {
  alignas(8) char memory[36];
  Arena arena(memory + 4, sizeof(memory) - 4);
  ArenaList<uint64_t> list(&arena);
  for (uint64_t i = 0; i < 3; ++i) {
    uint64_t* item = list.Add();
    ASSERT_NE(item, nullptr);
    *item = i;
  }
  EXPECT_EQ(list.Add(), nullptr);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0], 0u);
  EXPECT_EQ(list.last(), 2u);
  EXPECT_EQ(list.data() + 2, &list.last());
}

}  // namespace
}  // namespace ckpt
