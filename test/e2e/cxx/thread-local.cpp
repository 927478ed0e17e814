// Intent: thread-local objects are constructed once per thread, on first use, and
// destroyed in turn when the thread ends, whether that is before, in the middle
// of, or after checkpoint and restart; those of main at its end.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "behave.h"

namespace {

int constructed, destroyed, waiting;
std::mutex mutex;

struct Local {
  Local() : text(100, 'x') { Count(&constructed); }
  ~Local() {
    CHECK(text == std::string(100, 'x'));
    const std::lock_guard lock(mutex);
    ++destroyed;
  }
  std::string text;
};

// Waits on its way out, and holds a lock there.
struct Waits {
  ~Waits() {
    CHECK(this == self);
    if (!wait) return;
    std::unique_lock lock(mine);
    Count(&waiting);
    AwaitGo();
    CHECK(gettid() == tid);
  }
  Waits* self = this;
  std::recursive_mutex mine;
  bool wait = false;
  int tid = gettid();
};

thread_local Local early;  // destroyed after `waits`
thread_local Waits waits;
thread_local Local late;

void UseEarly() { CHECK(!early.text.empty()); }

}  // namespace

int main() {
  UseEarly();
  // Ended, ending, to end, to begin to use it.
  std::thread([] { UseEarly(); }).join();
  std::thread ending([] {
    UseEarly();
    waits.wait = true;
    CHECK(late.text.size() == 100);
  });
  Await(&waiting, 1);
  std::thread ends([] {
    UseEarly();
    CHECK(!waits.wait);
    Count(&waiting);
    AwaitGo();
  });
  std::thread begins([] {
    Count(&waiting);
    AwaitGo();
    CHECK(late.text.size() == 100);
  });
  Await(&waiting, 3);
  LiveThroughRestarts();
  ending.join();
  ends.join();
  begins.join();
  // The first use of one constructs all of the file: two in each of five threads,
  // of which main still has its own.
  CHECK(constructed == 10 && destroyed == 8);
  CHECK(&early != &late && early.text == late.text);
  return Done();
}
