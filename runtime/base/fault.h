// fault.h - named fault points. CKPT_FAULT="image_write=28@3" makes the third
// passage of that point fail with errno 28, "...=28@3+" every one from the
// third on, "...=kill@3" kills the process there. Without the variable a point
// costs a load and a branch. Safe everywhere.

#ifndef CKPT_BASE_FAULT_H
#define CKPT_BASE_FAULT_H

#include <stdint.h>

namespace ckpt::fault {

enum class Point : uint32_t {
#define CKPT_FAULT_POINT(name) name,
#include "base/fault.def"
  kCount
};

constexpr int kKill = -1;

// What is armed. POD: the restorer gets a copy in its plan.
struct Armed {
  uint32_t on;     // 1: a point is armed
  Point point;
  int32_t error;   // errno, or kKill
  uint32_t at;     // hit number, from 1
  uint32_t sticky;  // also every hit after it
  uint32_t hits;
};

extern constinit Armed g_armed;

// Arms from the text of CKPT_FAULT. False if it is no valid text.
bool Arm(const char* text);

// True if this passage of `point` fails; *error is then the errno or kKill.
inline bool Hits(Armed* armed, Point point, int* error) {
  if (__builtin_expect(armed->on == 0, 1) || armed->point != point) {
    return false;
  }
  const uint32_t hit = ++armed->hits;
  *error = armed->error;
  return hit == armed->at || (armed->sticky != 0 && hit > armed->at);
}

// 0, or -errno if a test wants this passage to fail.
long At(Point point);

}  // namespace ckpt::fault

#endif
