// sys_pagemap_test.cpp - which pages hold something, by the ioctl and without.

// The way that older kernels have is taken when the ioctl is missing.
#define private public
#include "sys/pagemap.h"
#undef private

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace ckpt::sys {
namespace {

constexpr size_t kPage = 4096;

// Pages are named by their number in the mapping.
class PagemapTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ASSERT_EQ(pagemap_.Open(), 0);
    pagemap_.has_ioctl_ = GetParam();
  }
  void TearDown() override {
    pagemap_.Close();
    if (memory_ != nullptr) munmap(memory_, pages_ * kPage);
  }

  volatile char* Map(size_t pages, int flags, int fd = -1) {
    pages_ = pages;
    memory_ = mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | flags, fd, 0);
    EXPECT_NE(memory_, MAP_FAILED);
    // Huge pages would make neighbours present.
    madvise(memory_, pages * kPage, MADV_NOHUGEPAGE);
    return static_cast<volatile char*>(memory_);
  }

  // Start and end of each run, adjacent ones joined.
  std::vector<size_t> Scan(PageFilter filter) {
    std::vector<size_t> runs;
    struct Context {
      uint64_t start;
      std::vector<size_t>* runs;
    } context{reinterpret_cast<uint64_t>(memory_), &runs};
    const long r = pagemap_.Scan(
        context.start, context.start + pages_ * kPage, filter,
        [](void* at, PageRun run) {
          const auto* c = static_cast<Context*>(at);
          const size_t start = (run.start - c->start) / kPage;
          if (!c->runs->empty() && c->runs->back() == start) {
            c->runs->pop_back();
          } else {
            c->runs->push_back(start);
          }
          c->runs->push_back((run.end - c->start) / kPage);
        },
        &context);
    EXPECT_EQ(r, 0);
    return runs;
  }

  Pagemap pagemap_;
  void* memory_ = nullptr;
  size_t pages_ = 0;
};

TEST_P(PagemapTest, UntouchedMemoryHoldsNothing) {
  Map(5000, MAP_ANONYMOUS);
  EXPECT_EQ(Scan(PageFilter::kAnonymous), std::vector<size_t>());
}

TEST_P(PagemapTest, FindsWrittenPages) {
  volatile char* p = Map(3000, MAP_ANONYMOUS);
  for (size_t page : {0u, 1u, 7u, 511u, 512u, 513u, 2999u}) {
    p[page * kPage] = 1;
  }
  EXPECT_EQ(Scan(PageFilter::kAnonymous),
            std::vector<size_t>({0, 2, 7, 8, 511, 514, 2999, 3000}));
}

// More runs than one call of the kernel reports.
TEST_P(PagemapTest, FindsManyRuns) {
  volatile char* p = Map(2000, MAP_ANONYMOUS);
  std::vector<size_t> want;
  for (size_t page = 1; page < 2000; page += 2) {
    p[page * kPage] = 1;
    want.push_back(page);
    want.push_back(page + 1);
  }
  EXPECT_EQ(Scan(PageFilter::kAnonymous), want);
}

// Guard pages are told from others, and are all that there is to be seen by
// those who ask for them alone.
TEST_P(PagemapTest, FindsGuardPages) {
  constexpr int kGuardInstall = 102;
  volatile char* p = Map(100, MAP_ANONYMOUS);
  p[3 * kPage] = 1;
  for (size_t page : {0u, 1u, 50u, 99u}) {
    if (madvise(const_cast<char*>(p) + page * kPage, kPage, kGuardInstall)) {
      GTEST_SKIP() << "before Linux 6.13";
    }
  }
  const std::vector<size_t> found = Scan(PageFilter::kGuards);
  if (!pagemap_.has_guards()) {
    EXPECT_EQ(found, std::vector<size_t>());
  } else {
    EXPECT_EQ(found, std::vector<size_t>({0, 2, 50, 51, 99, 100}));
  }
}

TEST_P(PagemapTest, DroppedPagesHoldNothing) {
  volatile char* p = Map(10, MAP_ANONYMOUS);
  for (size_t page = 0; page < 10; ++page) p[page * kPage] = 1;
  madvise(const_cast<char*>(p) + 3 * kPage, 2 * kPage, MADV_DONTNEED);
  EXPECT_EQ(Scan(PageFilter::kAnonymous), std::vector<size_t>({0, 3, 5, 10}));
}

TEST_P(PagemapTest, PagesOfTheFileAreNotPrivate) {
  char path[] = "/tmp/ckpt_pagemap_XXXXXX";
  const int fd = mkstemp(path);
  ASSERT_GE(fd, 0);
  unlink(path);
  const std::vector<char> bytes(8 * kPage, 'x');
  ASSERT_EQ(write(fd, bytes.data(), bytes.size()),
            static_cast<ssize_t>(bytes.size()));
  volatile char* p = Map(8, 0, fd);
  close(fd);
  for (size_t page = 0; page < 8; ++page) {
    [[maybe_unused]] const char byte = p[page * kPage];
  }
  EXPECT_EQ(Scan(PageFilter::kPrivateFile), std::vector<size_t>());
  p[2 * kPage] = 1;
  p[6 * kPage] = 1;
  EXPECT_EQ(Scan(PageFilter::kPrivateFile),
            std::vector<size_t>({2, 3, 6, 7}));
}

INSTANTIATE_TEST_SUITE_P(Ways, PagemapTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& way) {
                           return way.param ? "Ioctl" : "Entries";
                         });

}  // namespace
}  // namespace ckpt::sys
