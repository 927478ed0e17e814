// Tests of runtime/track/advice.cpp: advice about memory as the kernel shows it.

#include "track/advice.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <vector>

namespace ckpt::track {
namespace {

using image::VmaRecord;

// Intent: the letters of a VmFlags line that mean advice, and no others.
TEST(Advice, ReadsFlags) {
  EXPECT_EQ(AdviceOf(" rd wr mr mw me ac "), 0u);
  EXPECT_EQ(AdviceOf(" rd wr mr mw me lo lf ac "),
            image::kAdviceLocked | image::kAdviceLockOnFault);
  EXPECT_EQ(AdviceOf(" rd dc wf dd hg"),
            image::kAdviceDontFork | image::kAdviceWipeOnFork |
                image::kAdviceDontDump | image::kAdviceHugePage);
  EXPECT_EQ(AdviceOf("nh mg rr sr"),
            image::kAdviceNoHugePage | image::kAdviceMergeable |
                image::kAdviceRandom | image::kAdviceSequential);
  EXPECT_EQ(AdviceOf("rd nr gd dp sl"),
            image::kAdviceNoReserve | image::kAdviceGrowsDown |
                image::kAdviceDroppable | image::kAdviceSealed);
  EXPECT_EQ(AdviceOf(""), 0u);
}

// Intent: each area gets the flags of the mapping that it is a part of, and
// neighbours of another mapping do not.
TEST(Advice, FindsEachArea) {
  constexpr size_t kPage = 4096;
  auto* base = static_cast<char*>(mmap(nullptr, 40 * kPage,
                                       PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(base, MAP_FAILED);
  ASSERT_EQ(madvise(base + 8 * kPage, 8 * kPage, MADV_DONTFORK), 0);
  ASSERT_EQ(madvise(base + 24 * kPage, 8 * kPage, MADV_DONTDUMP), 0);
  const auto area = [base](size_t first, size_t end) {
    VmaRecord vma = {};
    vma.start = reinterpret_cast<uint64_t>(base) + first * kPage;
    vma.end = reinterpret_cast<uint64_t>(base) + end * kPage;
    return vma;
  };
  std::vector<VmaRecord> vmas = {area(0, 8),   area(8, 10),  area(12, 16),
                                 area(16, 24), area(24, 32), area(32, 40)};
  ASSERT_EQ(ReadAdvice({vmas.data(), vmas.size()}), 0);
  const uint32_t wanted[] = {0, image::kAdviceDontFork, image::kAdviceDontFork,
                             0, image::kAdviceDontDump, 0};
  for (size_t i = 0; i < vmas.size(); ++i) {
    EXPECT_EQ(vmas[i].advice, wanted[i]) << i;
  }
  munmap(base, 40 * kPage);
}

}  // namespace
}  // namespace ckpt::track
