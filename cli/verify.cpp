// verify.cpp - `ckpt verify`: checks images to the last byte.

#include <fmt/format.h>

#include "commands.h"
#include "failure.h"
#include "image_file.h"

namespace ckpt::cli {

int RunVerify(const VerifyOptions& options, std::FILE* out) {
  int exit_code = 0;
  for (const std::string& file : options.files) {
    try {
      ImageFile image(file);
      if (image.good()) image.VerifyData();
      if (image.good()) {
        fmt::print(out, "{}: good\n", file);
        continue;
      }
      fmt::print(out, "{}: damaged: {}\n", file, image.ErrorText());
      if (exit_code == 0) exit_code = 1;
    } catch (const Failure& failure) {
      // The other files are looked at all the same.
      fmt::print(stderr, "ckpt: {}\n", failure.text);
      exit_code = kFailureExit;
    }
  }
  return exit_code;
}

}  // namespace ckpt::cli
