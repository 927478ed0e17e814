// table.h - columns of text under headings.

#ifndef CKPT_CLI_TABLE_H
#define CKPT_CLI_TABLE_H

#include <cstdio>
#include <string>
#include <vector>

namespace ckpt::cli {

class Table {
 public:
  // A heading that begins with '>' names a column aligned to the right.
  explicit Table(std::vector<std::string> headings, size_t indent = 0);

  void Row(std::vector<std::string> cells);
  void Print(std::FILE* out) const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // the headings first
  size_t indent_;
};

}  // namespace ckpt::cli

#endif
