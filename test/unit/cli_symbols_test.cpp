// Tests of cli/elf_file.h and cli/symbolizer.h. The test program itself is the
// ELF file that names are looked up in.

#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "elf_file.h"
#include "image_builder.h"
#include "symbolizer.h"

// Names with C linkage, so that the symbol table has them as they are here.
extern "C" {
[[gnu::used]] int ckpt_test_table[16];
[[gnu::used]] void ckpt_test_function() {}
}

namespace ckpt::cli {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

// Where this program is and where its first bytes are mapped.
struct SelfLayout {
  uint64_t bias = 0;
  uint64_t start = ~0ull;
};

SelfLayout FindSelf() {
  SelfLayout layout;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto* result = static_cast<SelfLayout*>(data);
        result->bias = info->dlpi_addr;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const auto& segment = info->dlpi_phdr[i];
          if (segment.p_type == PT_LOAD && segment.p_offset == 0) {
            result->start = info->dlpi_addr + segment.p_vaddr;
          }
        }
        return 1;  // the program is the first
      },
      &layout);
  return layout;
}

const std::vector<Symbol> kSymbols = {
    {100, 8, "a"}, {120, 40, "outer"}, {128, 8, "inner"}, {200, 0, "label"}};

// Intent: the first byte of a symbol is its plain name.
TEST(FindSymbol, NamesAStart) { EXPECT_EQ(FindSymbol(kSymbols, 100), "a"); }

// Intent: an address inside gets its distance.
TEST(FindSymbol, NamesAnOffset) { EXPECT_EQ(FindSymbol(kSymbols, 107), "a+7"); }

// Intent: what lies behind a symbol is not named after it.
TEST(FindSymbol, LeavesHolesUnnamed) {
  EXPECT_EQ(FindSymbol(kSymbols, 108), "");
  EXPECT_EQ(FindSymbol(kSymbols, 99), "");
  EXPECT_EQ(FindSymbol(kSymbols, 201), "");
  EXPECT_EQ(FindSymbol({}, 5), "");
}

// Intent: a symbol without a size names its own address.
TEST(FindSymbol, NamesALabel) { EXPECT_EQ(FindSymbol(kSymbols, 200), "label"); }

// Intent: behind a symbol that lies in another one, the other one goes on.
TEST(FindSymbol, SeesOverlappingSymbols) {
  EXPECT_EQ(FindSymbol(kSymbols, 130), "inner+2");
  EXPECT_EQ(FindSymbol(kSymbols, 140), "outer+20");
}

// Intent: names of a real file's data and code, at its real load address.
TEST(ElfFile, NamesAddressesOfThisProgram) {
  ElfFile file;
  ASSERT_TRUE(file.Open(kSelf));
  const SelfLayout self = FindSelf();
  const auto bias = file.LoadBias(self.start, 0);
  ASSERT_TRUE(bias.has_value());
  EXPECT_EQ(*bias, self.bias);
  const auto symbols = file.Symbols();
  EXPECT_EQ(FindSymbol(symbols, reinterpret_cast<uint64_t>(&ckpt_test_table) -
                                    *bias),
            "ckpt_test_table");
  EXPECT_EQ(FindSymbol(symbols,
                       reinterpret_cast<uint64_t>(&ckpt_test_table[2]) - *bias),
            "ckpt_test_table+8");
  EXPECT_EQ(FindSymbol(symbols,
                       reinterpret_cast<uint64_t>(&ckpt_test_function) - *bias),
            "ckpt_test_function");
}

// Intent: a file offset that no segment covers has no bias.
TEST(ElfFile, HasNoBiasOutsideOfItsSegments) {
  ElfFile file;
  ASSERT_TRUE(file.Open(kSelf));
  EXPECT_FALSE(file.LoadBias(0x10000, 1ull << 40).has_value());
}

// Intent: the build-id is read out of the notes.
TEST(ElfFile, HasABuildId) {
  ElfFile file;
  ASSERT_TRUE(file.Open(kSelf));
  EXPECT_EQ(file.BuildId().size(), 20u);
}

// Intent: what cannot be opened is told from what is no ELF file.
TEST(ElfFile, RefusesOtherFiles) {
  ElfFile missing, text;
  EXPECT_FALSE(missing.Open("/nonexistent/file"));
  EXPECT_EQ(missing.error(), ENOENT);
  const auto path =
      std::filesystem::path(testing::TempDir()) / "ckpt_no_elf_file";
  std::ofstream(path) << std::string(200, 'x');
  EXPECT_FALSE(text.Open(path));
  EXPECT_EQ(text.error(), 0);
  std::filesystem::remove(path);
}

// Intent: C++ names are shown as they are written.
TEST(FindSymbol, UndoesMangling) {
  EXPECT_EQ(FindSymbol({{100, 8, "_ZN1a1bE"}}, 104), "a::b+4");
  EXPECT_EQ(FindSymbol({{100, 8, "i"}}, 100), "i");
}

// Intent: a damaged ELF file yields fewer names, never a crash. Bytes of its
// tables are overwritten, a few at a time; the seed is fixed.
TEST(ElfFile, SurvivesDamage) {
  constexpr char kSmallProgram[] = "/bin/true";
  std::ifstream small(kSmallProgram, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(small), {}};
  if (bytes.size() < 4096) GTEST_SKIP() << "no " << kSmallProgram;
  const auto path =
      std::filesystem::path(testing::TempDir()) / "ckpt_damaged_elf_file";
  std::mt19937 random(20240607);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = bytes;
    for (int i = 0; i < 8; ++i) {
      // Headers are at the front, sections' at the end.
      size_t at = 16 + random() % 800;
      if (i % 2 != 0) at = damaged.size() - 1 - random() % 2000;
      damaged[at] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    }
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    std::ofstream(path, std::ios::binary) << damaged;
    ElfFile file;
    if (!file.Open(path)) continue;
    (void)file.BuildId();
    (void)file.Symbols();
    (void)file.LoadBias(0x1000, 0);
  }
  std::filesystem::remove(path);
}

// An image of this program with its first page mapped where it really is.
image::Bytes ImageOfSelf(bool same_build) {
  image::ImageBuilder builder = image::ImageBuilder::Sample();
  builder.vmas.clear();
  builder.guards.clear();
  builder.RemoveBlocks();
  builder.AddVma(FindSelf().start, FindSelf().start + 4096,
                 image::VmaKind::kFilePrivate, 1, 0);
  builder.modules[0].path = builder.head.program = builder.String(kSelf);
  ElfFile file;
  EXPECT_TRUE(file.Open(kSelf));
  const auto build_id = file.BuildId();
  builder.modules[0].build_id_size = static_cast<uint32_t>(build_id.size());
  std::copy(build_id.begin(), build_id.end(), builder.modules[0].build_id);
  if (!same_build) builder.modules[0].build_id[0] ^= 1;
  return builder.Build();
}

// Intent: addresses in an image get the names of the program's symbols.
TEST(Symbolizer, NamesAddressesOfAnImage) {
  const image::Bytes bytes = ImageOfSelf(true);
  image::Reader reader;
  ASSERT_TRUE(reader.Open({bytes.data(), bytes.size()}, bytes.size()).ok());
  const Symbolizer symbolizer(reader);
  const auto address = reinterpret_cast<uint64_t>(&ckpt_test_table[2]);
  EXPECT_EQ(symbolizer.Name(address), "ckpt_test_table+8");
  EXPECT_EQ(symbolizer.Name(0x10), "");
}

// Intent: symbols of another build would be wrong names.
TEST(Symbolizer, DoesNotTrustAnotherBuild) {
  const image::Bytes bytes = ImageOfSelf(false);
  image::Reader reader;
  ASSERT_TRUE(reader.Open({bytes.data(), bytes.size()}, bytes.size()).ok());
  const Symbolizer symbolizer(reader);
  const auto address = reinterpret_cast<uint64_t>(&ckpt_test_table[2]);
  EXPECT_EQ(symbolizer.AddressAndName(address),
            "0x" + [&] {
              std::ostringstream hex;
              hex << std::hex << address;
              return hex.str();
            }());
}

}  // namespace
}  // namespace ckpt::cli
