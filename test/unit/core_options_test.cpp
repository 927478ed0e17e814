// core_options_test.cpp - the words after `--`, and which `--` counts.

#include "core/options.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace ckpt::core {
namespace {

using Words = std::vector<std::string>;

struct Parsed {
  bool good;
  std::string bad;
  Options options;
};

Parsed Parse(Words words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  Parsed parsed;
  const char* bad = "";
  parsed.good =
      ParseWords(pointers.data(), pointers.size(), &parsed.options, &bad);
  parsed.bad = bad;
  return parsed;
}

uint64_t Interval(const char* text) {
  const Parsed parsed = Parse({"-t", text});
  return parsed.good ? parsed.options.interval_us : ~uint64_t{0};
}

TEST(Options, EveryRowIsUnderstood) {
  const Parsed parsed =
      Parse({"-t", "1.5", "-r", "auto", "-d", "/tmp", "-k", "7", "-s", "USR1",
             "-x", "TERM", "--ids", "ns", "--files", "offset", "--path-map",
             "/a=/b", "--self-contained", "-q", "-v", "--help"});
  ASSERT_TRUE(parsed.good) << parsed.bad;
  const Options& o = parsed.options;
  EXPECT_EQ(o.interval_us, 1500000u);
  EXPECT_STREQ(o.restart, "auto");
  EXPECT_STREQ(o.directory, "/tmp");
  EXPECT_EQ(o.keep, 7u);
  EXPECT_EQ(o.stop_signal, SIGUSR1);
  EXPECT_EQ(o.exit_signal, SIGTERM);
  EXPECT_EQ(o.ids, Ids::kNamespace);
  EXPECT_STREQ(o.files, "o**\n");
  EXPECT_STREQ(o.path_map, "/a=/b\n");
  EXPECT_TRUE(o.self_contained);
  EXPECT_TRUE(o.quiet);
  EXPECT_TRUE(o.verbose);
  for (uint32_t id = 0; id < kOptionCount; ++id) {
    EXPECT_TRUE(o.Given(static_cast<OptionId>(id))) << id;
  }
}

TEST(Options, WithoutWordsEverythingIsAsAlways) {
  const Parsed parsed = Parse({});
  EXPECT_TRUE(parsed.good);
  EXPECT_EQ(parsed.options.given, 0u);
  EXPECT_EQ(parsed.options.keep, 3u);
  EXPECT_EQ(parsed.options.interval_us, 0u);
  EXPECT_EQ(parsed.options.ids, Ids::kAuto);
}

TEST(Options, LongOnesJoinTheirValue) {
  EXPECT_EQ(Parse({"--ids=same"}).options.ids, Ids::kSame);
  EXPECT_EQ(Parse({"--ids", "new"}).options.ids, Ids::kNew);
  EXPECT_FALSE(Parse({"--ids="}).good);
  EXPECT_FALSE(Parse({"--idsame"}).good);
  EXPECT_FALSE(Parse({"--help=x"}).good);
  EXPECT_FALSE(Parse({"-t=1"}).good);
  EXPECT_FALSE(Parse({"-t1"}).good);
}

TEST(Options, TheLastOneWins) {
  EXPECT_EQ(Parse({"-k", "1", "-k", "2"}).options.keep, 2u);
}

TEST(Options, AValueMayLookLikeAnOption) {
  EXPECT_STREQ(Parse({"-d", "-v"}).options.directory, "-v");
}

TEST(Options, NamesTheBadWord) {
  EXPECT_EQ(Parse({"-v", "nonsense"}).bad, "nonsense");
  EXPECT_EQ(Parse({"-v", "-t"}).bad, "-t");
  EXPECT_EQ(Parse({"-k", "many", "-v"}).bad, "-k");
}

TEST(Options, Seconds) {
  EXPECT_EQ(Interval("0"), 0u);
  EXPECT_EQ(Interval("60"), 60000000u);
  EXPECT_EQ(Interval(".25"), 250000u);
  EXPECT_EQ(Interval("1."), 1000000u);
  EXPECT_EQ(Interval("0.0000019"), 1u);
  EXPECT_EQ(Interval("3200000000"), 3200000000000000u);
  for (const char* bad : {"", ".", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0x1",
                          "1.2.3", "3200000001", "99999999999999999999",
                          "18446744073709551617"}) {
    EXPECT_EQ(Interval(bad), ~uint64_t{0}) << bad;
  }
}

TEST(Options, Counts) {
  EXPECT_EQ(Parse({"-k", "0"}).options.keep, 0u);
  EXPECT_EQ(Parse({"-k", "999999999"}).options.keep, 999999999u);
  for (const char* bad : {"", "-1", "1.0", "x", "4294967297"}) {
    EXPECT_FALSE(Parse({"-k", bad}).good) << bad;
  }
}

TEST(Options, EmptyAndEndlessPathsAreNone) {
  EXPECT_FALSE(Parse({"-d", ""}).good);
  EXPECT_FALSE(Parse({"-r", ""}).good);
  EXPECT_TRUE(Parse({"-d", std::string(kPathCapacity - 1, 'x')}).good);
  EXPECT_FALSE(Parse({"-d", std::string(kPathCapacity, 'x')}).good);
}

TEST(Signals, ByNameAndNumber) {
  EXPECT_EQ(ParseSignal("USR1"), SIGUSR1);
  EXPECT_EQ(ParseSignal("SIGUSR1"), SIGUSR1);
  EXPECT_EQ(ParseSignal("10"), SIGUSR1);
  EXPECT_EQ(ParseSignal("RTMIN"), 34);
  EXPECT_EQ(ParseSignal("SIGRTMIN+30"), 64);
  EXPECT_EQ(ParseSignal("34"), 34);
  EXPECT_EQ(ParseSignal("64"), 64);
}

TEST(Signals, OnlyThoseThatCanBeCaughtAndSpared) {
  for (const char* bad :
       {"", "SIG", "KILL", "STOP", "SEGV", "9", "19", "11", "0", "-1", "32",
        "33", "65", "usr1", "USR1 ", "USR12", "RTMIN+31", "RTMIN+x", "RTMIN-1",
        "RTMIN+4294967290", "RTMIN+18446744073709551610",
        "18446744073709551626"}) {
    EXPECT_EQ(ParseSignal(bad), 0) << bad;
  }
}

// --- Which words of a command line are ours ---

// The index of the `--`, or the number of words.
size_t Find(Words words, Options* options = nullptr) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  Options own;
  return FindOptions(static_cast<int>(words.size()), pointers.data(),
                     options != nullptr ? options : &own);
}

TEST(CommandLine, TheLastGroupThatParses) {
  Options options;
  EXPECT_EQ(Find({"prog", "a", "--", "-t", "2"}, &options), 2u);
  EXPECT_EQ(options.interval_us, 2000000u);
  EXPECT_EQ(Find({"prog", "--", "a", "--", "-v"}), 3u);
  EXPECT_EQ(Find({"prog", "--", "-v", "--", "-v"}), 3u);
}

TEST(CommandLine, AnEmptyGroupProtectsTheWordsBeforeIt) {
  EXPECT_EQ(Find({"mygrep", "--", "-r", "x", "--"}), 4u);
  EXPECT_EQ(Find({"prog", "--"}), 1u);
}

TEST(CommandLine, AnyOtherIsThePrograms) {
  EXPECT_EQ(Find({"prog"}), 1u);
  EXPECT_EQ(Find({"prog", "-t", "1"}), 3u);
  EXPECT_EQ(Find({"mygrep", "--", "-x-files"}), 3u);
  EXPECT_EQ(Find({"mygrep", "--", "-v", "file"}), 4u);
  EXPECT_EQ(Find({"prog", "--", "-t"}), 3u);
  // An earlier group is never taken.
  EXPECT_EQ(Find({"prog", "--", "-t", "1", "--", "x"}), 6u);
  // Nor is the name of the program.
  EXPECT_EQ(Find({"--", "-v"}), 2u);
}

TEST(CommandLine, SecondDashesAsAValueEndTheGroup) {
  // The last `--` counts even where it could be a value: the rule has no
  // exceptions to remember.
  EXPECT_EQ(Find({"prog", "--", "-d", "--"}), 3u);
}

TEST(Text, IsCutAtBlanks) {
  char text[] = " -t\t1 \n-v ";
  Options options;
  const char* bad = "";
  ASSERT_TRUE(ParseText(text, &options, &bad)) << bad;
  EXPECT_EQ(options.interval_us, 1000000u);
  EXPECT_TRUE(options.verbose);
}

TEST(Text, MayBeEmptyButNotEndless) {
  char empty[] = "";
  Options options;
  const char* bad = "";
  EXPECT_TRUE(ParseText(empty, &options, &bad));
  std::string many;
  for (int i = 0; i < 64; ++i) many += "-v ";
  std::string copy = many;
  EXPECT_TRUE(ParseText(copy.data(), &options, &bad));
  copy = many + "-v";
  EXPECT_FALSE(ParseText(copy.data(), &options, &bad));
}

TEST(Override, TakesOnlyWhatWasGiven) {
  Options old = Parse({"-t", "1", "-k", "9", "-d", "/a", "-v"}).options;
  Override(Parse({"-d", "/b", "-x", "USR2"}).options, &old);
  EXPECT_EQ(old.interval_us, 1000000u);
  EXPECT_EQ(old.keep, 9u);
  EXPECT_STREQ(old.directory, "/b");
  EXPECT_EQ(old.exit_signal, SIGUSR2);
  EXPECT_TRUE(old.verbose);
  EXPECT_TRUE(old.Given(kExitSignal));
  EXPECT_FALSE(old.Given(kIds));
}

TEST(Override, KnowsEveryRow) {
  const Options given =
      Parse({"-t", "1", "-r", "x", "-d", "/d", "-k", "5", "-s", "USR1", "-x",
             "USR2", "--ids", "new", "-q", "-v"})
          .options;
  Options old;
  Override(given, &old);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(&old), sizeof(old)),
            std::string(reinterpret_cast<const char*>(&given), sizeof(given)));
}

TEST(Help, HasEveryRow) {
  testing::internal::CaptureStdout();
  PrintHelp();
  const std::string text = testing::internal::GetCapturedStdout();
#define CKPT_OPTION(id, name, argument, help)                       \
  EXPECT_NE(text.find(std::string("  ") + name), std::string::npos); \
  EXPECT_NE(text.find(help "\n"), std::string::npos);
#include "core/options.def"
}

}  // namespace
}  // namespace ckpt::core
