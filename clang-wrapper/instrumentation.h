// instrumentation.h - which objects of a link were not compiled with the pass.

#ifndef CKPT_CLANG_WRAPPER_INSTRUMENTATION_H_
#define CKPT_CLANG_WRAPPER_INSTRUMENTATION_H_

#include <string>
#include <vector>

namespace ckpt::wrapper {

// The objects that hold code but no note of the pass (CKPT_NOTE_SECTION):
// "a.o", or "liba.a(a.o)" for the member of an archive. Files of other kinds
// and unreadable ones are left to the linker.
std::vector<std::string> UninstrumentedObjects(
    const std::vector<std::string>& paths);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_INSTRUMENTATION_H_
