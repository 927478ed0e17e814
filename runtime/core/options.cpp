// options.cpp - see options.h.

#include "core/options.h"

#include "base/bytes.h"
#include "base/line.h"
#include "sys/file.h"
#include "sys/signal.h"

namespace ckpt::core {
namespace {

struct Row {
  const char* name;
  const char* argument;
  const char* help;
};
constexpr Row kRows[] = {
#define CKPT_OPTION(id, name, argument, help) {name, argument, help},
#include "core/options.def"
};

// A decimal number of seconds in microseconds. False if it is none, or more
// than a century.
bool ParseSeconds(const char* text, uint64_t* us) {
  const char* p = text;
  const uint64_t whole = ParseNumber(&p, 10);
  bool digits = p != text;
  if (p - text > 10 || whole > 3200000000u) return false;
  uint64_t fraction = 0;
  if (*p == '.') {
    ++p;
    uint64_t unit = 100000;
    for (; *p >= '0' && *p <= '9'; ++p, unit /= 10, digits = true) {
      fraction += unit * static_cast<unsigned>(*p - '0');
    }
  }
  if (!digits || *p != '\0') return false;
  *us = whole * 1000000 + fraction;
  return true;
}

bool ParseCount(const char* text, uint32_t* out) {
  const char* p = text;
  const uint64_t n = ParseNumber(&p, 10);
  if (p == text || *p != '\0' || p - text > 9) return false;
  *out = static_cast<uint32_t>(n);
  return true;
}

bool ParseIds(const char* text, Ids* out) {
  constexpr const char* kNames[] = {"auto", "same", "ns", "new"};
  for (uint32_t i = 0; i < 4; ++i) {
    if (!StrEq(text, kNames[i])) continue;
    *out = static_cast<Ids>(i);
    return true;
  }
  return false;
}

// OLD=NEW,...: both absolute.
bool ParsePathMap(const char* text, char* out) {
  size_t size = StrLen(out);
  const auto put = [&](char c) {
    if (size + 1 >= kPathCapacity) return false;
    out[size++] = c;
    out[size] = '\0';
    return true;
  };
  for (const char* p = text;;) {
    for (int part = 0; part < 2; ++part) {
      const char end_mark = part == 0 ? '=' : ',';
      if (*p != '/') return false;
      const char* start = p;
      while (*p != '\0' && *p != end_mark && *p != '\n') ++p;
      if (part == 0 && *p != '=') return false;
      const char* end = p;
      while (end > start + 1 && end[-1] == '/') --end;
      for (; start < end; ++start) {
        if (!put(*start)) return false;
      }
      if (!put(part == 0 ? '=' : '\n')) return false;
      if (part == 0) ++p;
    }
    if (*p == '\0') return true;
    if (*p++ != ',') return false;
  }
}

bool Apply(OptionId id, const char* value, Options* options) {
  switch (id) {
    case kInterval:
      return ParseSeconds(value, &options->interval_us);
    case kRestart:
      return value[0] != '\0' &&
             StrCopy(options->restart, kPathCapacity, value);
    case kDirectory:
      return value[0] != '\0' &&
             StrCopy(options->directory, kPathCapacity, value);
    case kKeep:
      return ParseCount(value, &options->keep);
    case kStopSignal:
      options->stop_signal = ParseSignal(value);
      return options->stop_signal != 0;
    case kExitSignal:
      options->exit_signal = ParseSignal(value);
      return options->exit_signal != 0;
    case kIds:
      return ParseIds(value, &options->ids);
    case kFiles:
      return track::ParseFileRules(value, options->files);
    case kPathMap:
      return ParsePathMap(value, options->path_map);
    case kSelfContained:
      options->self_contained = true;
      return true;
    case kQuiet:
      options->quiet = true;
      return true;
    case kVerbose:
      options->verbose = true;
      return true;
    case kHelp:
      return true;
    case kOptionCount:
      break;
  }
  return false;
}

struct SignalName {
  const char* name;
  int number;
};
constexpr SignalName kSignalNames[] = {
    {"HUP", SIGHUP},       {"INT", SIGINT},     {"QUIT", SIGQUIT},
    {"USR1", SIGUSR1},     {"USR2", SIGUSR2},   {"PIPE", SIGPIPE},
    {"ALRM", SIGALRM},     {"TERM", SIGTERM},   {"STKFLT", SIGSTKFLT},
    {"CHLD", SIGCHLD},     {"CONT", SIGCONT},   {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN},     {"TTOU", SIGTTOU},   {"URG", SIGURG},
    {"XCPU", SIGXCPU},     {"XFSZ", SIGXFSZ},   {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},     {"WINCH", SIGWINCH}, {"IO", SIGIO},
    {"PWR", SIGPWR}};

// glibc keeps 32 and 33 for itself: its SIGRTMIN is 34.
constexpr int kFirstRealTime = 34;
constexpr int kLastRealTime = 64;

}  // namespace

int ParseSignal(const char* text) {
  const char* name = StartsWith(text, "SIG") ? text + 3 : text;
  for (const SignalName& s : kSignalNames) {
    if (StrEq(name, s.name)) return s.number;
  }
  const char* p = name;
  if (StartsWith(name, "RTMIN")) {
    p += 5;
    if (*p == '+') ++p;
    const uint64_t n = ParseNumber(&p, 10);
    return *p == '\0' && n <= kLastRealTime - kFirstRealTime
               ? kFirstRealTime + static_cast<int>(n)
               : 0;
  }
  const uint64_t n = ParseNumber(&p, 10);
  if (p == name || *p != '\0') return 0;
  for (const SignalName& s : kSignalNames) {
    if (static_cast<uint64_t>(s.number) == n) return s.number;
  }
  return n >= kFirstRealTime && n <= kLastRealTime ? static_cast<int>(n) : 0;
}

bool ParseWords(char* const* words, size_t count, Options* options,
                const char** bad) {
  for (size_t i = 0; i < count; ++i) {
    *bad = words[i];
    uint32_t id = 0;
    const char* value = nullptr;
    for (; id < kOptionCount; ++id) {
      const Row& row = kRows[id];
      if (StrEq(words[i], row.name)) {
        if (row.argument[0] == '\0') break;
        if (++i == count) return false;
        value = words[i];
        break;
      }
      // --name=value
      const size_t n = StrLen(row.name);
      if (row.name[1] == '-' && row.argument[0] != '\0' &&
          StartsWith(words[i], row.name) && words[i][n] == '=') {
        value = words[i] + n + 1;
        break;
      }
    }
    if (id == kOptionCount) return false;
    if (!Apply(static_cast<OptionId>(id), value, options)) return false;
    options->given |= 1u << id;
  }
  return true;
}

size_t FindOptions(int argc, char* const* argv, Options* options) {
  size_t last = 0;
  for (int i = 1; i < argc; ++i) {
    if (StrEq(argv[i], "--")) last = static_cast<size_t>(i);
  }
  const size_t count = static_cast<size_t>(argc);
  if (last == 0) return count;
  const char* bad;
  return ParseWords(argv + last + 1, count - last - 1, options, &bad) ? last
                                                                      : count;
}

bool ParseText(char* text, Options* options, const char** bad) {
  constexpr size_t kMaxWords = 64;
  char* words[kMaxWords];
  size_t count = 0;
  for (char* p = text; *p != '\0';) {
    if (*p == ' ' || *p == '\t' || *p == '\n') {
      *p++ = '\0';
      continue;
    }
    *bad = p;
    if (count == kMaxWords) return false;
    words[count++] = p;
    while (*p != '\0' && *p != ' ' && *p != '\t' && *p != '\n') ++p;
  }
  return ParseWords(words, count, options, bad);
}

void Override(const Options& newer, Options* options) {
  if (newer.Given(kInterval)) options->interval_us = newer.interval_us;
  if (newer.Given(kDirectory)) {
    StrCopy(options->directory, kPathCapacity, newer.directory);
  }
  if (newer.Given(kKeep)) options->keep = newer.keep;
  if (newer.Given(kExitSignal)) options->exit_signal = newer.exit_signal;
  if (newer.Given(kStopSignal)) options->stop_signal = newer.stop_signal;
  if (newer.Given(kIds)) options->ids = newer.ids;
  if (newer.Given(kRestart)) {
    StrCopy(options->restart, kPathCapacity, newer.restart);
  }
  if (newer.Given(kFiles)) {
    StrCopy(options->files, sizeof(options->files), newer.files);
  }
  if (newer.Given(kPathMap)) {
    StrCopy(options->path_map, kPathCapacity, newer.path_map);
  }
  if (newer.Given(kSelfContained)) {
    options->self_contained = newer.self_contained;
  }
  if (newer.Given(kQuiet)) options->quiet = newer.quiet;
  if (newer.Given(kVerbose)) options->verbose = newer.verbose;
  options->given |= newer.given;
}

void PrintHelp() {
  LineOf<4096> text;
  text.Str("Checkpoint options, behind the last `--` of the command line:\n");
  for (const Row& row : kRows) {
    Line left;
    left.Str("  ").Str(row.name);
    if (row.argument[0] != '\0') left.Char(' ').Str(row.argument);
    while (left.size() < 26) left.Char(' ');
    text.Str(left.text()).Str(row.help).Char('\n');
  }
  sys::WriteAll(1, text.text(), text.size());
}

}  // namespace ckpt::core
