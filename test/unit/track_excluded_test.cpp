// Tests of runtime/track/excluded.cpp: the set of bytes that are not saved.

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

#include "track/excluded.h"

namespace ckpt::track {
namespace {

constexpr uint64_t kPage = image::kPageSize;
using Ranges = std::vector<std::pair<uint64_t, uint64_t>>;

Ranges Now() {
  Ranges ranges;
  for (const image::Range& range : ExcludedBytes()) {
    ranges.push_back({range.start, range.end});
  }
  return ranges;
}

class Excluded : public testing::Test {
 protected:
  void SetUp() override { IncludeBytes(0, ~uint64_t{0}); }
};

// Intent: what overlaps or touches is one range; what is included leaves it.
TEST_F(Excluded, RangesJoinAndPart) {
  EXPECT_EQ(ExcludeBytes(100, 200), 0);
  EXPECT_EQ(ExcludeBytes(300, 400), 0);
  EXPECT_EQ(ExcludeBytes(120, 180), 0);
  EXPECT_EQ(Now(), (Ranges{{100, 200}, {300, 400}}));
  EXPECT_EQ(ExcludeBytes(200, 300), 0);
  EXPECT_EQ(Now(), (Ranges{{100, 400}}));
  IncludeBytes(150, 160);
  EXPECT_EQ(Now(), (Ranges{{100, 150}, {160, 400}}));
  IncludeBytes(140, 500);
  EXPECT_EQ(Now(), (Ranges{{100, 140}}));
  EXPECT_TRUE(MayBeExcluded(139, 140));
  EXPECT_FALSE(MayBeExcluded(140, 500));
  IncludeBytes(0, 140);
  EXPECT_EQ(Now(), Ranges{});
  EXPECT_FALSE(MayBeExcluded(0, ~uint64_t{0}));
}

// Intent: nothing is no range.
TEST_F(Excluded, EmptyRanges) {
  EXPECT_EQ(ExcludeBytes(100, 100), 0);
  IncludeBytes(100, 100);
  EXPECT_EQ(Now(), Ranges{});
}

// Intent: the set is that of a byte by byte account, whatever is done.
TEST_F(Excluded, AgreesWithAModel) {
  std::mt19937 random(20261128);
  std::set<uint64_t> model;
  for (int i = 0; i < 5000; ++i) {
    const uint64_t start = random() % 500, end = start + random() % 40;
    const bool exclude = random() % 2 == 0;
    if (exclude) {
      ASSERT_EQ(ExcludeBytes(start, end), 0);
    } else {
      IncludeBytes(start, end);
    }
    for (uint64_t at = start; at < end; ++at) {
      if (exclude) {
        model.insert(at);
      } else {
        model.erase(at);
      }
    }
    std::set<uint64_t> bytes;
    uint64_t last = 0;
    for (const auto& [from, to] : Now()) {
      ASSERT_LT(from, to);
      ASSERT_TRUE(bytes.empty() || from > last);
      last = to;
      for (uint64_t at = from; at < to; ++at) bytes.insert(at);
    }
    ASSERT_EQ(bytes, model) << "step " << i;
  }
}

// Intent: a full table takes what joins others and no more; a range that would
// be cut in two loses its end.
TEST_F(Excluded, FullTable) {
  for (uint64_t i = 0; i < kMaxExcluded; ++i) {
    ASSERT_EQ(ExcludeBytes(100 * i, 100 * i + 50), 0);
  }
  EXPECT_EQ(ExcludeBytes(~uint64_t{0} - 1000, ~uint64_t{0}), -12);
  EXPECT_EQ(ExcludedBytes().size, kMaxExcluded);
  IncludeBytes(110, 120);
  EXPECT_EQ(ExcludedBytes().size, kMaxExcluded);
  EXPECT_EQ(Now()[1], (std::pair<uint64_t, uint64_t>{100, 110}));
  EXPECT_EQ(ExcludeBytes(50, 100), 0);
  EXPECT_EQ(ExcludedBytes().size, kMaxExcluded - 1);
}

// Intent: only pages all of whose bytes are excluded are left out.
TEST_F(Excluded, WholePages) {
  const std::vector<image::Range> ranges = {
      {10, 20},
      {kPage - 1, 2 * kPage + 5},
      {3 * kPage + 1, 5 * kPage - 1},
      {8 * kPage, 10 * kPage}};
  const Span<const image::Range> span = {ranges.data(), ranges.size()};
  EXPECT_EQ(ExcludedPages(span, 0).start, kPage);
  EXPECT_EQ(ExcludedPages(span, 0).end, 2 * kPage);
  EXPECT_EQ(ExcludedPages(span, 2 * kPage).start, 8 * kPage);
  EXPECT_EQ(ExcludedPages(span, 9 * kPage).start, 8 * kPage);
  EXPECT_EQ(ExcludedPages(span, 10 * kPage).start, ~uint64_t{0});
  EXPECT_EQ(ExcludedPages({}, 0).start, ~uint64_t{0});
}

}  // namespace
}  // namespace ckpt::track
