// response_file.h - sees through @file arguments.
//
// Only for the analysis: the compiler gets the arguments as they were written
// and expands them itself.

#ifndef CKPT_CLANG_WRAPPER_RESPONSE_FILE_H_
#define CKPT_CLANG_WRAPPER_RESPONSE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

namespace ckpt::wrapper {

// Splits text as GNU tools do: words end at white space; ' and " quote; a
// backslash takes the next character as it is, except between ''.
std::vector<std::string> SplitGnu(std::string_view text);

// Replaces each @file by the words in it, nested ones too. A file that cannot
// be read stays as it is written, as with clang.
std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& args);

}  // namespace ckpt::wrapper

#endif  // CKPT_CLANG_WRAPPER_RESPONSE_FILE_H_
