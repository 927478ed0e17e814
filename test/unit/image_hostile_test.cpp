// Tests of runtime/image/reader.h with bytes that are anything: nothing outside
// of them may be read, and what is accepted must be usable without a check.

#include <gtest/gtest.h>

#include <random>

#include "guarded_bytes.h"
#include "image/checksum.h"
#include "image/reader.h"
#include "image_builder.h"

namespace ckpt::image {
namespace {

// Follows every reference of an accepted image.
uint64_t Touch(const Reader& reader) {
  uint64_t sum = 0;
  const auto add = [&](StringRef ref) {
    for (const char* p = reader.String(ref); *p != '\0'; ++p) sum += *p;
  };
  const char* argument = reader.String(reader.head().args);
  for (uint32_t i = 0; i < reader.head().args_count; ++i) {
    sum += static_cast<uint64_t>(*argument);
    argument = Reader::NextString(argument);
  }
  add(reader.head().program);
  add(reader.head().hostname);
  add(reader.head().kernel);
  add(reader.process().cwd);
  add(reader.process().comm);
  for (const LockRecord& lock : reader.locks()) {
    sum += static_cast<uint64_t>(reader.threads()[lock.thread].tid);
  }
  for (const ModuleRecord& module : reader.modules()) add(module.path);
  for (const VmaRecord& vma : reader.vmas()) {
    if (vma.module != kNoModule) sum += reader.modules()[vma.module].size;
  }
  for (const BlockRecord& block : reader.blocks()) {
    sum += reader.FindVma(block.address)->end;
  }
  for (const FdRecord& fd : reader.fds()) add(fd.path);
  return sum;
}

// Intent: no single changed bit before the data goes unnoticed.
TEST(HostileImage, EveryBitOfTheMetadataCounts) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(reader.Open({image.data(), image.size()}, image.size()).ok());
  const uint64_t meta_size = reader.head().meta_size;
  GuardedBytes guarded(meta_size);
  Bytes broken(image.begin(), image.begin() + static_cast<long>(meta_size));
  for (size_t byte = 0; byte < meta_size; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      broken[byte] ^= static_cast<uint8_t>(1 << bit);
      const auto bytes = guarded.Set(broken.data(), meta_size);
      ASSERT_FALSE(reader.Open(bytes, image.size()).ok())
          << "byte " << byte << " bit " << bit;
      broken[byte] ^= static_cast<uint8_t>(1 << bit);
    }
  }
}

// Intent: no changed byte of the data goes unnoticed.
TEST(HostileImage, EveryByteOfTheDataCounts) {
  Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  const Span<const uint8_t> bytes = {image.data(), image.size()};
  ASSERT_TRUE(reader.Open(bytes, image.size()).ok());
  for (size_t i = reader.head().meta_size; i < image.size(); i += 3) {
    image[i] ^= 0x40;
    const ReadError error = reader.VerifyBlocks(bytes);
    ASSERT_EQ(error.status, ReadStatus::kData) << i;
    ASSERT_LE(error.file_offset, i);
    image[i] ^= 0x40;
  }
}

// Intent: a file cut at any length is refused as truncated.
TEST(HostileImage, EveryTruncationIsNamed) {
  for (const bool extended : {false, true}) {
    ImageBuilder builder = ImageBuilder::Sample();
    builder.extended_phnum = extended;
    const Bytes image = builder.Build();
    GuardedBytes guarded(image.size());
    Reader reader;
    for (size_t size = 0; size < image.size(); ++size) {
      const auto bytes = guarded.Set(image.data(), size);
      ASSERT_EQ(reader.Open(bytes, size).status, ReadStatus::kTruncated)
          << size;
    }
  }
}

// Intent: forged counts, offsets and sizes in each 32-bit word, with a right
// checksum, never lead outside of the bytes, neither in Open nor after it.
TEST(HostileImage, ExtremeWordsAreHarmless) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(reader.Open({image.data(), image.size()}, image.size()).ok());
  const uint64_t meta_size = reader.head().meta_size;
  const size_t checksum_at = static_cast<size_t>(
      reinterpret_cast<const uint8_t*>(&reader.head().meta_xxh3) -
      image.data());
  GuardedBytes guarded(image.size());
  size_t accepted = 0;
  for (size_t at = 0; at + 4 <= meta_size; at += 4) {
    for (const uint32_t value :
         {0u, 1u, 7u, 0x7fu, 0xfffu, 0xffffu, 0x7fffffffu, 0x80000000u,
          0xfffffff8u, 0xffffffffu}) {
      Bytes broken = image;
      memcpy(&broken[at], &value, sizeof(value));
      const uint64_t sum =
          Xxh3WithFieldZero(broken.data(), meta_size, checksum_at);
      memcpy(&broken[checksum_at], &sum, sizeof(sum));
      const auto bytes = guarded.Set(broken.data(), broken.size());
      if (!reader.Open(bytes, bytes.size).ok()) continue;
      ++accepted;
      Touch(reader);
      (void)reader.VerifyBlocks(bytes);
    }
  }
  EXPECT_GT(accepted, 0u);
}

// Intent: many random changes at once, with a right checksum, are harmless,
// too. The seed is fixed: a failure repeats.
TEST(HostileImage, RandomForgeriesAreHarmless) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(reader.Open({image.data(), image.size()}, image.size()).ok());
  const uint64_t meta_size = reader.head().meta_size;
  const size_t checksum_at = static_cast<size_t>(
      reinterpret_cast<const uint8_t*>(&reader.head().meta_xxh3) -
      image.data());
  GuardedBytes guarded(image.size());
  std::mt19937 random(20240607);
  for (int round = 0; round < 20000; ++round) {
    Bytes broken = image;
    const unsigned changes = 1 + random() % 4;
    for (unsigned i = 0; i < changes; ++i) {
      broken[random() % meta_size] = static_cast<uint8_t>(random());
    }
    const uint64_t sum =
        Xxh3WithFieldZero(broken.data(), meta_size, checksum_at);
    memcpy(&broken[checksum_at], &sum, sizeof(sum));
    // Sometimes the file is cut besides.
    const size_t size =
        random() % 4 == 0 ? random() % broken.size() : broken.size();
    const auto bytes = guarded.Set(broken.data(), size);
    if (!reader.Open(bytes, bytes.size).ok()) continue;
    Touch(reader);
    (void)reader.VerifyBlocks(bytes);
  }
}

}  // namespace
}  // namespace ckpt::image
