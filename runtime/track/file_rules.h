// file_rules.h - what shall become of a file at a restart, by its path: the
// value of the option --files. Rules are kept as text, one a line, the letter
// of the policy and a pattern; the first that matches counts. No libc; used
// before the program's constructors, with the world stopped, and by the loader.

#ifndef CKPT_TRACK_FILE_RULES_H
#define CKPT_TRACK_FILE_RULES_H

#include <stddef.h>

#include "image/format.h"

namespace ckpt::track {

constexpr size_t kFileRulesCapacity = 8192;

// `value`: POLICY[=PATTERN],... or @FILE, a file with one such rule a line.
// Relative patterns are meant from the current directory. Adds to the rules in
// `rules`; false if the value is wrong or too long.
bool ParseFileRules(const char* value, char* rules);

image::FilePolicy PolicyOf(const char* rules, const char* path);

// True if `path` matches: * and ? stand for anything but '/', ** for anything.
bool MatchesPattern(const char* pattern, const char* path);

// The directory that a pattern is about, if wildcards are in its last part
// only: the length up to the last '/', without it. 0 if there is none.
size_t PatternDirectory(const char* pattern);

// Images, finished or not: never part of one.
bool IsImageName(const char* name);

// Calls visit(pattern) for each rule of policy `content` that is about one
// directory.
template <typename Visit>
void ForEachContentPattern(const char* rules, char* line, size_t capacity,
                           Visit visit) {
  for (const char* p = rules; *p != '\0';) {
    size_t n = 0;
    const bool content = *p++ == 'c';
    for (; *p != '\0' && *p != '\n'; ++p) {
      if (n + 1 < capacity) line[n++] = *p;
    }
    if (*p == '\n') ++p;
    line[n] = '\0';
    if (content && PatternDirectory(line) != 0) visit(line);
  }
}

}  // namespace ckpt::track

#endif
