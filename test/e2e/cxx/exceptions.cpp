// Intent: exceptions work after a restart: thrown anew through many frames, in
// flight at the checkpoint (a destructor waits while the stack is unwound), and
// caught ones that are still being handled.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <stdexcept>
#include <string>
#include <thread>

#include "behave.h"

static int waiting;

struct WaitsInDestructor {
  ~WaitsInDestructor() {
    Count(&waiting);
    AwaitGo();
  }
};

[[gnu::noinline]] static void Throw(int depth) {
  std::string local(static_cast<size_t>(depth) + 20, 'x');
  if (depth == 0) throw std::runtime_error("from the bottom");
  Throw(depth - 1);
  if (local[0] != 'x') throw 1;
}

static void InFlight() {
  try {
    WaitsInDestructor waits;
    Throw(5);
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "from the bottom");
    return;
  }
  CHECK(false);
}

static void BeingHandled() {
  try {
    try {
      Throw(3);
    } catch (const std::exception&) {
      Count(&waiting);
      AwaitGo();
      throw;
    }
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "from the bottom");
    return;
  }
  CHECK(false);
}

int main() {
  std::thread in_flight(InFlight), handled(BeingHandled);
  Await(&waiting, 2);
  Ready();
  do {
    try {
      Throw(30);
      CHECK(false);
    } catch (const std::exception& error) {
      CHECK(std::string(error.what()) == "from the bottom");
    }
    Pause();
  } while (!Go());
  in_flight.join();
  handled.join();
  return Done();
}
