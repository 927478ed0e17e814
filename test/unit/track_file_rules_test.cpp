// Tests of runtime/track/file_rules.cpp: the value of --files.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "track/file_rules.h"

namespace ckpt::track {
namespace {

using image::FilePolicy;

std::string Parsed(const std::string& value) {
  char rules[kFileRulesCapacity] = "";
  return ParseFileRules(value.c_str(), rules) ? rules : "refused";
}

std::string Here() {
  char directory[4096];
  return getcwd(directory, sizeof(directory));
}

// Intent: a policy alone is about every file, one with a pattern about those;
// relative patterns are meant from where the program was started.
TEST(FileRules, ValuesAreParsed) {
  EXPECT_EQ(Parsed("offset"), "o**\n");
  EXPECT_EQ(Parsed("content=/data/db*,ignore"), "c/data/db*\ni**\n");
  EXPECT_EQ(Parsed("truncate=**/log"), "t**/log\n");
  EXPECT_EQ(Parsed("content=./a,content=b"),
            "c" + Here() + "/a\nc" + Here() + "/b\n");
}

// Intent: what is no policy, or has an empty pattern, is no value.
TEST(FileRules, BadValuesAreRefused) {
  for (const char* bad : {"", "keep", "contents", "content=", "offset=/a,what",
                          "@/does/not/exist"}) {
    EXPECT_EQ(Parsed(bad), "refused") << bad;
  }
  EXPECT_EQ(Parsed("content=/" + std::string(2 * kFileRulesCapacity, 'x')),
            "refused");
}

// Intent: a file of rules has one a line, with comments and commas in names.
TEST(FileRules, RulesComeFromAFile) {
  const std::string path = testing::TempDir() + "/rules";
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fputs("# of the database\n\n  content  /data/a,b\nignore=/var/*\n",
             file);
  std::fclose(file);
  EXPECT_EQ(Parsed("@" + path), "c/data/a,b\ni/var/*\n");
  std::remove(path.c_str());
}

// Intent: the first rule that matches counts, and truncate where none does.
TEST(FileRules, FirstMatchCounts) {
  const char rules[] = "o/data/raw\nc/data/*\ni**/log\n";
  EXPECT_EQ(PolicyOf(rules, "/data/raw"), FilePolicy::kOffset);
  EXPECT_EQ(PolicyOf(rules, "/data/other"), FilePolicy::kContent);
  EXPECT_EQ(PolicyOf(rules, "/a/b/log"), FilePolicy::kIgnore);
  EXPECT_EQ(PolicyOf(rules, "/a/b/logs"), FilePolicy::kTruncate);
  EXPECT_EQ(PolicyOf("", "/a"), FilePolicy::kTruncate);
}

// Intent: * and ? stay within a name, ** does not.
TEST(FileRules, Patterns) {
  struct Case {
    const char* pattern;
    const char* path;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"/a/b", "/a/b", true},
      {"/a/b", "/a/bc", false},
      {"/a/*", "/a/bc", true},
      {"/a/*", "/a/b/c", false},
      {"/a/*", "/a/", true},
      {"/a/?", "/a/b", true},
      {"/a/?", "/a/", false},
      {"/a?b", "/a/b", false},
      {"/a/*.db*", "/a/x.db-wal", true},
      {"/a/*.db", "/a/x.db.db", true},
      {"**", "/any/thing", true},
      {"**/x", "/a/b/x", true},
      {"**/x", "/a/b/xy", false},
      {"/a/**/x", "/a/b/c/x", true},
      {"/a/**b*/x", "/a/c/ab/x", true},
      {"**a*b", "/a/aXb", true},
      {"**a*b", "/a/b", false},
      {"*", "", true},
      {"", "a", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(MatchesPattern(c.pattern, c.path), c.matches)
        << c.pattern << " " << c.path;
  }
}

// Intent: only a pattern whose wildcards are in its last part is about one
// directory, whose new files may be removed.
TEST(FileRules, DirectoryOfAPattern) {
  EXPECT_EQ(PatternDirectory("/a/b*"), 2u);
  EXPECT_EQ(PatternDirectory("/a/b/c"), 4u);
  EXPECT_EQ(PatternDirectory("/a*/b"), 0u);
  EXPECT_EQ(PatternDirectory("/a/**"), 0u);
  EXPECT_EQ(PatternDirectory("**/b"), 0u);
}

}  // namespace
}  // namespace ckpt::track
