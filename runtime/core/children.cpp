// children.cpp - see children.h.

#include "core/children.h"

#include <poll.h>

#include "core/ended_children.h"
#include "sys/children.h"
#include "sys/file.h"
#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::core {
namespace {

constexpr int kLookMs = 20;

EndedChild Record(const siginfo_t& info) {
  EndedChild child{};
  child.pid = info.si_pid;
  child.group = static_cast<int32_t>(sys::Raw(__NR_getpgid, info.si_pid));
  child.own_group = child.group == sys::Raw(__NR_getpgid, 0) ? 1 : 0;
  child.clone_child = sys::IsCloneChild(info.si_pid) ? 1 : 0;
  child.uid = info.si_uid;
  child.code = info.si_code;
  child.status = info.si_status;
  return child;
}

// Somebody who waits for a child inside the C library, where a restart under
// new ids cannot tell him of a child that has ended, is given the time.
bool IsBeingWaitedFor(uint32_t stop) {
  const track::Slot* slots = track::FirstSlot();
  for (uint32_t i = 0; i < track::SlotCount(); ++i) {
    if (slots[i].used.load(std::memory_order_relaxed) == 1 &&
        slots[i].parked.load(std::memory_order_relaxed) == stop &&
        slots[i].waits_inside != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

LivingChild FindLivingChild() {
  LivingChild found;
  if (!sys::HasChildren()) return found;
  sys::ForEachChild(
      [](void* context, const sys::Child& child) {
        siginfo_t info;
        if (sys::LookAtChild(child.pid, &info) != sys::ChildState::kLiving) {
          return true;
        }
        *static_cast<LivingChild*>(context) = {child.pid, child.outer_pid};
        return false;
      },
      &found);
  return found;
}

Line Describe(const LivingChild& child) {
  return Line()
      .Str("child process ")
      .Dec(static_cast<uint64_t>(child.outer_pid))
      .Str(" (")
      .Str(sys::ProcessName(child.outer_pid).text())
      .Str(") lives");
}

void AwaitEnd(const LivingChild& child) {
  // Exactly then: the program may start the next one at once.
  const long fd = sys::Raw(__NR_pidfd_open, child.pid, 0);
  if (fd < 0) {
    if (fd == -3) return;  // ESRCH
    const timespec pause = sys::ToTimespec(kLookMs * uint64_t{1000000});
    sys::Raw(__NR_nanosleep, &pause, 0);
    return;
  }
  pollfd event{static_cast<int>(fd), POLLIN, 0};
  sys::Raw(__NR_poll, &event, 1, kLookMs);
  sys::Close(static_cast<int>(fd));
}

ChildrenAtStop RecordChildren(uint32_t stop) {
  if (!sys::HasChildren()) return ChildrenAtStop::kRecorded;
  // One that is traced, and nobody's here, is no child.
  auto result = ChildrenAtStop::kUnlisted;
  sys::ForEachChild(
      [](void* context, const sys::Child& child) {
        auto* r = static_cast<ChildrenAtStop*>(context);
        siginfo_t info;
        switch (sys::LookAtChild(child.pid, &info)) {
          case sys::ChildState::kNone:
            return true;
          case sys::ChildState::kLiving:
            *r = ChildrenAtStop::kLiving;
            return false;
          case sys::ChildState::kEnded:
            *r = RecordEnded(Record(info)) ? ChildrenAtStop::kRecorded
                                           : ChildrenAtStop::kTooMany;
            return *r == ChildrenAtStop::kRecorded;
        }
        return false;
      },
      &result);
  // One that leaves nothing behind (SA_NOCLDWAIT) may have ended meanwhile.
  if (result == ChildrenAtStop::kUnlisted && !sys::HasChildren()) {
    return ChildrenAtStop::kRecorded;
  }
  if (result == ChildrenAtStop::kRecorded && IsBeingWaitedFor(stop)) {
    return ChildrenAtStop::kLiving;
  }
  return result;
}

}  // namespace ckpt::core
