// Tests that the writer's images are what the reader takes: each was written
// from format.h alone.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/fault.h"
#include "image/reader.h"
#include "image/writer.h"
#include "image_builder.h"

namespace ckpt::fault {

// No fault is armed in here; the real one belongs to core.
long At(Point) { return 0; }

}  // namespace ckpt::fault

namespace ckpt::image {
namespace {

constexpr size_t kPages = 8;
constexpr size_t kArenaSize = 32 << 20;

// Memory of this process as the snapshot of a program: one anonymous area, of
// which pages 1, 2 and 5 are saved.
class Roundtrip : public testing::Test {
 protected:
  void SetUp() override {
    memory_ = static_cast<uint8_t*>(Map(kPages * kPageSize));
    for (size_t i = 0; i < kPages * kPageSize; ++i) {
      memory_[i] = static_cast<uint8_t>(i / kPageSize + i);
    }
    const uint64_t base = reinterpret_cast<uint64_t>(memory_);
    source_ = ImageBuilder::Sample();
    source_.vmas.clear();
    source_.AddVma(base, base + kPages * kPageSize, VmaKind::kAnonymous, 3);
    source_.guards = {{base + 3 * kPageSize, base + 4 * kPageSize}};
    blocks_ = {{base + kPageSize, 0, 2 * kPageSize, 0},
               {base + 5 * kPageSize, 0, kPageSize, 0}};
  }
  void TearDown() override { munmap(memory_, kPages * kPageSize); }

  static void* Map(size_t size) {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }

  // What the runtime does, into a file and back.
  Bytes Write() {
    Parts parts = {};
    parts.head = source_.head;
    parts.process = source_.process;
    parts.threads = {source_.threads.data(), source_.threads.size()};
    parts.locks = {source_.locks.data(), source_.locks.size()};
    parts.vmas = {source_.vmas.data(), source_.vmas.size()};
    parts.modules = {source_.modules.data(), source_.modules.size()};
    parts.blocks = {blocks_.data(), blocks_.size()};
    parts.guards = {source_.guards.data(), source_.guards.size()};
    parts.memory_policies = {source_.policies.data(),
                             source_.policies.size()};
    parts.pending = {source_.pending.data(), source_.pending.size()};
    parts.xsave = {source_.xsave.data(), source_.xsave.size()};
    parts.vdso = {source_.vdso.data(), source_.vdso.size()};
    parts.excluded = {source_.excluded.data(), source_.excluded.size()};
    parts.timers = {source_.timers.data(), source_.timers.size()};
    parts.fds = {source_.fds.data(), source_.fds.size()};
    parts.strings = {source_.strings.data(), source_.strings.size()};
    Layout(&parts);
    std::FILE* file = std::tmpfile();
    std::vector<char> buffer(kMaxBlock);
    EXPECT_EQ(WriteBlocks(fileno(file), &parts, buffer.data()), 0);
    void* memory = Map(kArenaSize);
    Arena arena(memory, kArenaSize);
    const Span<char> meta = BuildMeta(&parts, &arena);
    EXPECT_FALSE(meta.empty());
    SetSequence(meta, 17);
    Bytes image(parts.head.file_size);
    EXPECT_GE(pread(fileno(file), image.data(), image.size(), 0), 0);
    memcpy(image.data(), meta.data, meta.size);
    std::fclose(file);
    munmap(memory, kArenaSize);
    return image;
  }

  uint8_t* memory_ = nullptr;
  ImageBuilder source_;
  std::vector<BlockRecord> blocks_;
};

// Intent: an image of the writer is accepted, with every table as it went in.
TEST_F(Roundtrip, TablesComeBack) {
  const Bytes image = Write();
  Reader reader;
  const ReadError error =
      reader.Open({image.data(), image.size()}, image.size());
  ASSERT_TRUE(error.ok()) << Describe(error).text();
  EXPECT_EQ(reader.head().sequence, 17u);
  EXPECT_EQ(reader.threads().size, 3u);
  EXPECT_EQ(reader.locks().size, 4u);
  EXPECT_EQ(reader.vmas().size, 1u);
  EXPECT_EQ(reader.modules().size, 1u);
  EXPECT_EQ(reader.fds().size, 4u);
  EXPECT_EQ(reader.guards().size, 1u);
  EXPECT_EQ(reader.memory_policies().size, 1u);
  EXPECT_EQ(reader.timers().size, 3u);
  ASSERT_EQ(reader.pending().size, 2u);
  EXPECT_EQ(reader.pending()[1].thread, 2u);
  EXPECT_EQ(reader.pending()[1].signal, 10);
  EXPECT_STREQ(reader.String(reader.head().program), "/opt/demo/prog");
}

// Intent: the saved pages are in the file, behind right checksums.
TEST_F(Roundtrip, DataComesBack) {
  const Bytes image = Write();
  Reader reader;
  const Span<const uint8_t> bytes = {image.data(), image.size()};
  ASSERT_TRUE(reader.Open(bytes, image.size()).ok());
  EXPECT_TRUE(reader.VerifyBlocks(bytes).ok());
  ASSERT_EQ(reader.blocks().size, 2u);
  for (const BlockRecord& block : reader.blocks()) {
    EXPECT_EQ(memcmp(&image[block.file_offset],
                     reinterpret_cast<void*>(block.address), block.size),
              0);
  }
}

// Intent: excluded bytes are zeros in the file, and what is round them is as it
// was; the memory itself is not touched.
TEST_F(Roundtrip, ExcludedBytesAreZeros) {
  const uint64_t base = reinterpret_cast<uint64_t>(memory_);
  source_.excluded = {{base + 10, base + kPageSize + 20},
                      {base + 2 * kPageSize - 30, base + 2 * kPageSize + 7},
                      {base + 6 * kPageSize - 1, base + 7 * kPageSize}};
  const Bytes before(memory_, memory_ + kPages * kPageSize);
  const Bytes image = Write();
  EXPECT_EQ(memcmp(before.data(), memory_, before.size()), 0);
  Reader reader;
  const Span<const uint8_t> bytes = {image.data(), image.size()};
  ASSERT_TRUE(reader.Open(bytes, image.size()).ok());
  EXPECT_TRUE(reader.VerifyBlocks(bytes).ok());
  EXPECT_EQ(reader.excluded().size, 3u);
  for (const BlockRecord& block : reader.blocks()) {
    for (uint64_t i = 0; i < block.size; ++i) {
      const uint64_t at = block.address + i;
      bool excluded = false;
      for (const Range& range : source_.excluded) {
        excluded |= at >= range.start && at < range.end;
      }
      ASSERT_EQ(image[block.file_offset + i],
                excluded ? 0 : memory_[at - base]);
    }
  }
}

// Intent: so many areas that the segments do not fit into e_phnum.
TEST_F(Roundtrip, ManyAreasUsePnXnum) {
  constexpr size_t kAreas = 70000;
  source_.vmas.clear();
  source_.guards.clear();
  blocks_.clear();
  for (size_t i = 0; i < kAreas; ++i) {
    const uint64_t start = 0x10000 + i * 2 * kPageSize;
    source_.AddVma(start, start + kPageSize, VmaKind::kAnonymous, 3);
  }
  const Bytes image = Write();
  Reader reader;
  const ReadError error =
      reader.Open({image.data(), image.size()}, image.size());
  ASSERT_TRUE(error.ok()) << Describe(error).text();
  EXPECT_EQ(reader.vmas().size, kAreas);
  EXPECT_EQ(reader.segments().size, kAreas + 1);
}

}  // namespace
}  // namespace ckpt::image
