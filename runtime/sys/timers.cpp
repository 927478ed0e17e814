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

bool Number(const char** text, int32_t* out) {
  while (**text == ' ') ++*text;
  const bool negative = **text == '-';
  if (negative) ++*text;
  const char* digits = *text;
  const auto value = static_cast<int32_t>(ParseNumber(text, 10));
  *out = negative ? -value : value;
  return *text != digits;
}

}  // namespace

// ID: 3
// signal: 34/00007ffd1c2b3a40
// notify: signal/tid.4711
// ClockID: 1
bool ParseTimer(const char** text, ListedTimer* out) {
  constexpr int kThreadId = 4;  // SIGEV_THREAD_ID
  *out = {};
  if (!Skip(text, "ID:") || !Number(text, &out->id)) return false;
  if (!Skip(text, "signal:") || !Number(text, &out->signal)) return false;
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
  if (!Number(text, &out->thread)) return false;
  return Skip(text, "ClockID:") && Number(text, &out->clock);
}

}  // namespace ckpt::sys
