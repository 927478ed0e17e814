// Tests of runtime/image/reader.h with images that are right, or honestly
// broken: what is found in them and how an error reads.

#include "image/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "image_builder.h"

namespace ckpt::image {
namespace {

ReadError OpenBytes(Reader& reader, const Bytes& image) {
  return reader.Open({image.data(), image.size()}, image.size());
}

std::string OpenText(const Bytes& image) {
  Reader reader;
  return Describe(OpenBytes(reader, image)).text();
}

// Intent: every table of a valid image is handed out with its records.
TEST(Reader, HandsOutTheTables) {
  const ImageBuilder builder = ImageBuilder::Sample();
  const Bytes image = builder.Build();
  Reader reader;
  ASSERT_EQ(std::string(Describe(OpenBytes(reader, image)).text()), "good");
  EXPECT_EQ(reader.head().sequence, 2u);
  EXPECT_EQ(reader.process().vpid, 4711);
  EXPECT_EQ(reader.threads().size, 3u);
  EXPECT_STREQ(reader.threads()[2].name, "worker-2");
  EXPECT_EQ(reader.locks().size, 4u);
  EXPECT_EQ(reader.vmas().size, 5u);
  EXPECT_EQ(reader.modules().size, 1u);
  EXPECT_EQ(reader.blocks().size, 3u);
  EXPECT_EQ(reader.fds().size, 4u);
  EXPECT_EQ(reader.signals().size, 64u);
  EXPECT_EQ(reader.segments().size, 4u);
  EXPECT_STREQ(reader.String(reader.process().cwd), "/opt/demo");
}

// Intent: arguments are consecutive strings, blanks inside one kept.
TEST(Reader, WalksTheArguments) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(OpenBytes(reader, image).ok());
  const char* argument = reader.String(reader.head().args);
  EXPECT_STREQ(argument, "prog");
  argument = Reader::NextString(argument);
  EXPECT_STREQ(argument, "-n");
  argument = Reader::NextString(argument);
  EXPECT_STREQ(argument, "3 4");
}

// Intent: lookup finds the area around an address and nothing in a hole.
TEST(Reader, FindsTheAreaOfAnAddress) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(OpenBytes(reader, image).ok());
  EXPECT_EQ(reader.FindVma(0x400000), &reader.vmas()[0]);
  EXPECT_EQ(reader.FindVma(0x401fff), &reader.vmas()[0]);
  EXPECT_EQ(reader.FindVma(0x402000), nullptr);
  EXPECT_EQ(reader.FindVma(0x603000), &reader.vmas()[2]);
  EXPECT_EQ(reader.FindVma(0), nullptr);
  EXPECT_EQ(reader.FindVma(~0ull), nullptr);
}

// Intent: with 65,535 segments or more the count is in section header 0.
TEST(Reader, TakesTheSegmentCountOfPnXnum) {
  ImageBuilder builder = ImageBuilder::Sample();
  builder.extended_phnum = true;
  const Bytes image = builder.Build();
  Reader reader;
  ASSERT_EQ(std::string(Describe(OpenBytes(reader, image)).text()), "good");
  EXPECT_EQ(reader.segments().size, 4u);
}

// Intent: the loader may map the metadata alone.
TEST(Reader, NeedsOnlyTheMetadata) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader whole, part;
  ASSERT_TRUE(OpenBytes(whole, image).ok());
  const uint64_t meta_size = whole.head().meta_size;
  EXPECT_TRUE(part.Open({image.data(), meta_size}, image.size()).ok());
  EXPECT_FALSE(part.Open({image.data(), meta_size - 8}, image.size()).ok());
}

// Intent: tables without records may be left out or empty.
TEST(Reader, AcceptsAnImageWithNothingButTheNeeded) {
  ImageBuilder builder;
  builder.AddThread(1, "t");
  builder.AddVma(0x1000, 0x2000, VmaKind::kAnonymous, 3);
  Bytes image = builder.Build();
  for (const NoteType type : {NoteType::kLocks, NoteType::kModules,
                              NoteType::kBlocks, NoteType::kFds}) {
    FindNote(image, type)->n_type = 77;
  }
  Reseal(image);
  EXPECT_EQ(OpenText(image), "good");
}

// Intent: a short file says how much of it is there.
TEST(Reader, NamesATruncation) {
  Bytes image = ImageBuilder::Sample().Build();
  const size_t whole = image.size();
  image.resize(whole - 100);
  EXPECT_EQ(OpenText(image), "truncated: " + std::to_string(whole - 100) +
                                 " of " + std::to_string(whole) + " bytes");
  image.resize(10);
  EXPECT_EQ(OpenText(image), "truncated: 10 bytes");
  image.resize(0);
  EXPECT_EQ(OpenText(image), "truncated: 0 bytes");
}

// Intent: bytes appended to an image are damage, too.
TEST(Reader, NamesALongerFile) {
  Bytes image = ImageBuilder::Sample().Build();
  image.resize(image.size() + 4096);
  EXPECT_EQ(OpenText(image), "header: the file is longer than it says");
}

// Intent: other files are told from damaged images.
TEST(Reader, NamesOtherFiles) {
  const std::string text(500, 'x');
  EXPECT_EQ(OpenText(Bytes(text.begin(), text.end())),
            "not a checkpoint image: no ELF file");
  Bytes image = ImageBuilder::Sample().Build();
  reinterpret_cast<Elf64_Ehdr*>(image.data())->e_type = ET_EXEC;
  EXPECT_EQ(OpenText(image),
            "not a checkpoint image: no x86_64 ELF core file");
  image = ImageBuilder::Sample().Build();
  FindNote(image, NoteType::kHead)->n_type = NT_AUXV;
  EXPECT_EQ(OpenText(image),
            "not a checkpoint image: its first note is not CKPT's head");
}

// Intent: an image of a later format is named as that, not as damage.
TEST(Reader, NamesAnotherVersion) {
  Bytes image = ImageBuilder::Sample().Build();
  Records<HeadRecord>(image, NoteType::kHead)->version = kVersion + 9;
  EXPECT_EQ(OpenText(image),
            "version " + std::to_string(kVersion + 9) +
                ": this program reads version " + std::to_string(kVersion));
}

// Intent: no note of ours has a type that debuggers and readelf take for one of
// the system's, whose owner they do not look at.
TEST(Reader, NoteTypesAreNoneOfTheSystems) {
  for (const uint32_t system : {NT_PRSTATUS, NT_PSTATUS, NT_FILE, NT_SIGINFO,
                                NT_PRXFPREG, NT_X86_XSTATE, 0x5ff}) {
    EXPECT_FALSE(static_cast<uint32_t>(NoteType::kHead) <= system &&
                 system <= static_cast<uint32_t>(NoteType::kSignals));
  }
}

// Intent: whole data passes.
TEST(Reader, VerifiesGoodBlocks) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(OpenBytes(reader, image).ok());
  EXPECT_TRUE(reader.VerifyBlocks({image.data(), image.size()}).ok());
}

// Intent: the first damaged block is named by address and file offset.
TEST(Reader, NamesTheFirstBadBlock) {
  Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(OpenBytes(reader, image).ok());
  image[reader.blocks()[1].file_offset + 5000] ^= 1;
  image[reader.blocks()[2].file_offset] ^= 1;
  const ReadError error = reader.VerifyBlocks({image.data(), image.size()});
  EXPECT_EQ(error.status, ReadStatus::kData);
  EXPECT_EQ(error.address, 0x604000u);
  EXPECT_EQ(std::string(Describe(error).text()),
            "data: block 1 at address 0x604000, file offset 0x5000: checksum "
            "differs");
}

// Intent: data that was not mapped is an error, not a crash.
TEST(Reader, DoesNotVerifyWhatIsNotThere) {
  const Bytes image = ImageBuilder::Sample().Build();
  Reader reader;
  ASSERT_TRUE(OpenBytes(reader, image).ok());
  const uint64_t meta_size = reader.head().meta_size;
  EXPECT_EQ(reader.VerifyBlocks({image.data(), meta_size}).status,
            ReadStatus::kData);
}

}  // namespace
}  // namespace ckpt::image
