// layout.cpp - see layout.h.

#include "restore/layout.h"

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"

namespace ckpt::restore {
namespace {

// Calls visit(map) for each line of /proc/self/maps. False if it cannot be
// read.
template <typename Visit>
bool ForEachMapping(Visit visit) {
  constexpr uint64_t kCapacity = 64 << 20;  // touched only as far as needed
  const long at = sys::Map(0, kCapacity, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  if (sys::IsError(at)) return false;
  char* text = reinterpret_cast<char*>(at);
  const long n = sys::ReadWhole("/proc/self/maps", text, kCapacity);
  char* cursor = text;
  for (char* line; n > 0 && (line = NextLine(&cursor)) != nullptr;) {
    sys::MapLine map;
    if (sys::ParseMapLine(line, &map)) visit(map);
  }
  sys::Unmap(static_cast<uint64_t>(at), kCapacity);
  return n > 0;
}

constexpr bool Overlaps(uint64_t a, uint64_t a_end, uint64_t b,
                        uint64_t b_end) {
  return a < b_end && b < a_end;
}

}  // namespace

bool VdsoLayout::Read() {
  return ForEachMapping([this](const sys::MapLine& map) {
    const bool is_vdso = StrEq(map.name, "[vdso]");
    if ((!is_vdso && !StartsWith(map.name, "[vvar")) || count == 4) return;
    if (is_vdso) vdso = count;
    parts[count++] = {map.start, map.end};
  });
}

uint64_t FindHole(Span<const image::VmaRecord> saved,
                  const image::ProcessRecord& process, uint64_t size) {
  // Far from where programs, libraries, heaps and stacks are put.
  constexpr uint64_t kFirst = uint64_t{1} << 44, kStep = uint64_t{1} << 30;
  constexpr uint64_t kLast = uint64_t{1} << 46;
  for (uint64_t at = kFirst; at < kLast; at += kStep) {
    const uint64_t end = at + size;
    bool free = true;
    for (const image::VmaRecord& vma : saved) {
      free = free && !Overlaps(at, end, vma.start, vma.end);
    }
    for (uint32_t i = 0; i < process.vdso_part_count; ++i) {
      free = free && !Overlaps(at, end, process.vdso_parts[i].start,
                               process.vdso_parts[i].end);
    }
    if (!free) continue;
    const bool read = ForEachMapping([&](const sys::MapLine& map) {
      free = free && !Overlaps(at, end, map.start, map.end);
    });
    if (read && free) return at;
  }
  return 0;
}

}  // namespace ckpt::restore
