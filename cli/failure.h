// failure.h - how a command gives up: one line for standard error, thrown from
// wherever the trouble is seen and printed in one place (main.cpp).

#ifndef CKPT_CLI_FAILURE_H
#define CKPT_CLI_FAILURE_H

#include <fmt/format.h>

#include <string>
#include <utility>

namespace ckpt::cli {

// Exit code of every failure of the tool itself; the runtime's is the same.
constexpr int kFailureExit = 125;

struct Failure {
  std::string text;  // without "ckpt: " and newline
};

template <typename... Args>
[[noreturn]] void Fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Failure{fmt::format(format, std::forward<Args>(args)...)};
}

// The text of an errno.
std::string ErrnoText(int error);

}  // namespace ckpt::cli

#endif
