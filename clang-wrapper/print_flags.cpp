#include "print_flags.h"

#include <algorithm>
#include <string_view>

#include "command.h"
#include "invocation.h"

namespace ckpt::wrapper {
namespace {

std::string ShellQuote(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "@%+=:,./-_";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string quoted = "'";
  for (char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace

std::optional<std::string> FlagsAskedFor(const std::vector<std::string>& args,
                                         const Parts& parts) {
  auto has = [&](std::string_view word) {
    return std::find(args.begin(), args.end(), word) != args.end();
  };
  std::vector<std::string> words;
  if (has("--print-cflags")) {
    // -I draws no warning in a step that includes nothing, -idirafter would.
    words = {"-fpass-plugin=" + parts.pass, "-I" + parts.include_dir};
  } else if (has("--print-ldflags")) {
    // What a link of something with the other arguments would get.
    std::vector<std::string> link = {"-lmain"};
    for (const std::string& arg : args) {
      if (!arg.starts_with("--print-")) link.push_back(arg);
    }
    Invocation invocation = Analyze(link);
    words = LinkOptions(invocation, parts);
    std::string archive = LinkArchive(invocation, parts);
    if (!archive.empty()) words.push_back(archive);
  } else {
    return std::nullopt;
  }
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += ShellQuote(word);
  }
  return line;
}

}  // namespace ckpt::wrapper
