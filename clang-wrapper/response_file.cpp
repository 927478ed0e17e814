#include "response_file.h"

#include "file_contents.h"

namespace ckpt::wrapper {
namespace {

// A file that names itself would go on for ever.
constexpr int kMaxDepth = 32;

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' ||
         c == '\v';
}

void Expand(const std::vector<std::string>& args, int depth,
            std::vector<std::string>* out) {
  for (const std::string& arg : args) {
    if (arg.size() > 1 && arg[0] == '@' && depth < kMaxDepth) {
      if (auto text = ReadFile(arg.substr(1))) {
        Expand(SplitGnu(*text), depth + 1, out);
        continue;
      }
    }
    out->push_back(arg);
  }
}

}  // namespace

std::vector<std::string> SplitGnu(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;  // "" is a word too.
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote == 0 && IsSpace(c)) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      word += c;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& args) {
  std::vector<std::string> expanded;
  Expand(args, 0, &expanded);
  return expanded;
}

}  // namespace ckpt::wrapper
