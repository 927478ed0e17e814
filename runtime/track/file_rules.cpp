// file_rules.cpp - see file_rules.h.

#include "track/file_rules.h"

#include "base/bytes.h"
#include "base/line.h"
#include "sys/file.h"

namespace ckpt::track {
namespace {

using image::FilePolicy;

constexpr const char* kPolicies[] = {"truncate", "offset", "content", "ignore"};
constexpr char kLetters[] = "toci";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Adds one character; false at the end of the room.
bool Put(char* rules, size_t* size, char c) {
  if (*size + 1 >= kFileRulesCapacity) return false;
  rules[(*size)++] = c;
  rules[*size] = '\0';
  return true;
}

bool PutText(char* rules, size_t* size, const char* text) {
  while (*text != '\0') {
    if (!Put(rules, size, *text++)) return false;
  }
  return true;
}

// One rule, [text, end): POLICY, POLICY=PATTERN or POLICY PATTERN.
bool AddRule(const char* text, const char* end, char* rules) {
  while (text < end && IsBlank(*text)) ++text;
  while (end > text && IsBlank(end[-1])) --end;
  if (text == end || *text == '#') return true;
  const char* word = text;
  while (text < end && *text != '=' && !IsBlank(*text)) ++text;
  const size_t length = static_cast<size_t>(text - word);
  char letter = '\0';
  for (int i = 0; i < 4; ++i) {
    if (StrLen(kPolicies[i]) == length && BytesEq(kPolicies[i], word, length)) {
      letter = kLetters[i];
    }
  }
  if (letter == '\0') return false;
  const bool pattern = text < end;
  if (pattern) ++text;
  while (text < end && IsBlank(*text)) ++text;
  if (pattern && text == end) return false;
  size_t size = StrLen(rules);
  if (!Put(rules, &size, letter)) return false;
  if (!pattern) return PutText(rules, &size, "**\n");
  if (*text != '/' && !(end - text >= 2 && text[0] == '*' && text[1] == '*')) {
    char directory[4096];
    if (sys::Raw(__NR_getcwd, directory, sizeof(directory)) < 0 ||
        !PutText(rules, &size, StrEq(directory, "/") ? "" : directory) ||
        !Put(rules, &size, '/')) {
      return false;
    }
    if (end - text >= 2 && text[0] == '.' && text[1] == '/') text += 2;
  }
  for (; text < end; ++text) {
    if (!Put(rules, &size, *text)) return false;
  }
  return Put(rules, &size, '\n');
}

bool AddRules(const char* text, char separator, char* rules) {
  for (;;) {
    const char* end = text;
    while (*end != '\0' && *end != separator) ++end;
    if (!AddRule(text, end, rules)) return false;
    if (*end == '\0') return true;
    text = end + 1;
  }
}

}  // namespace

bool ParseFileRules(const char* value, char* rules) {
  if (value[0] == '\0') return false;
  if (value[0] != '@') return AddRules(value, ',', rules);
  char text[kFileRulesCapacity];
  if (sys::ReadWhole(value + 1, text, sizeof(text)) < 0) return false;
  return AddRules(text, '\n', rules);
}

FilePolicy PolicyOf(const char* rules, const char* path) {
  for (const char* p = rules; *p != '\0';) {
    const char letter = *p++;
    char pattern[4352];
    size_t n = 0;
    for (; *p != '\0' && *p != '\n'; ++p) {
      if (n + 1 < sizeof(pattern)) pattern[n++] = *p;
    }
    if (*p == '\n') ++p;
    pattern[n] = '\0';
    if (!MatchesPattern(pattern, path)) continue;
    for (uint32_t i = 0; i < 4; ++i) {
      if (kLetters[i] == letter) return static_cast<FilePolicy>(i);
    }
  }
  return FilePolicy::kTruncate;
}

// Without recursion: on a mismatch it goes back to the last wildcard, and from
// a * that has met a '/' to the last **.
bool MatchesPattern(const char* pattern, const char* path) {
  const char* star = nullptr;     // behind the last *
  const char* star_at = nullptr;  // where what it stands for ends
  const char* stars = nullptr;    // the same of **
  const char* stars_at = nullptr;
  for (;;) {
    if (pattern[0] == '*' && pattern[1] == '*') {
      while (*pattern == '*') ++pattern;
      stars = pattern;
      stars_at = path;
      star = nullptr;
      continue;
    }
    if (*pattern == '*') {
      star = ++pattern;
      star_at = path;
      continue;
    }
    if (*path == '\0' && *pattern == '\0') return true;
    if (*path != '\0' &&
        (*pattern == *path || (*pattern == '?' && *path != '/'))) {
      ++pattern;
      ++path;
      continue;
    }
    if (star != nullptr && *star_at != '\0' && *star_at != '/') {
      pattern = star;
      path = ++star_at;
      continue;
    }
    if (stars == nullptr || *stars_at == '\0') return false;
    star = nullptr;
    pattern = stars;
    path = ++stars_at;
  }
}

size_t PatternDirectory(const char* pattern) {
  if (pattern[0] != '/') return 0;
  size_t slash = 0, wild = ~size_t{0};
  for (size_t i = 0; pattern[i] != '\0'; ++i) {
    if (pattern[i] == '/') slash = i;
    if ((pattern[i] == '*' || pattern[i] == '?') && wild == ~size_t{0})
      wild = i;
    if (pattern[i] == '*' && pattern[i + 1] == '*') return 0;
  }
  return wild < slash ? 0 : slash;
}

bool IsImageName(const char* name) {
  for (; *name != '\0'; ++name) {
    if (StartsWith(name, ".chkpt.")) return true;
  }
  return false;
}

}  // namespace ckpt::track
