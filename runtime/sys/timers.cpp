// timers.cpp - see timers.h.

#include "sys/timers.h"

#include "base/bytes.h"

namespace ckpt::sys {
namespace {

// Behind `word`, which has to be next but for blanks and line ends.
bool Skip(const char** text, const char* word) {
  while (**text == ' ' || **text == '\n') ++*text;
  if (!StartsWith(*text, word)) return false;
  *text += StrLen(word);
  return true;
}

int32_t Number(const char** text) {
  while (**text == ' ') ++*text;
  const bool negative = **text == '-';
  if (negative) ++*text;
  const auto value = static_cast<int32_t>(ParseNumber(text, 10));
  return negative ? -value : value;
}

}  // namespace

// ID: 3
// signal: 34/00007ffd1c2b3a40
// notify: signal/tid.4711
// ClockID: 1
bool ParseTimer(const char** text, ListedTimer* out) {
  constexpr int kThreadId = 4;  // SIGEV_THREAD_ID
  *out = {};
  if (!Skip(text, "ID:")) return false;
  out->id = Number(text);
  if (!Skip(text, "signal:")) return false;
  out->signal = Number(text);
  if (!Skip(text, "/")) return false;
  out->value = ParseNumber(text, 16);
  if (!Skip(text, "notify:")) return false;
  if (Skip(text, "signal/")) {
    out->notify = SIGEV_SIGNAL;
  } else if (Skip(text, "none/")) {
    out->notify = SIGEV_NONE;
  } else if (Skip(text, "thread/")) {
    out->notify = SIGEV_THREAD;
  } else {
    return false;
  }
  if (Skip(text, "tid.")) {
    out->notify |= kThreadId;
  } else if (!Skip(text, "pid.")) {
    return false;
  }
  out->thread = Number(text);
  if (!Skip(text, "ClockID:")) return false;
  out->clock = Number(text);
  return true;
}

}  // namespace ckpt::sys
