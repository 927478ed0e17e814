// image_file.cpp - see image_file.h.

#include "image_file.h"

#include "failure.h"

namespace ckpt::cli {

ImageFile::ImageFile(const std::string& path) : path_(path) {
  const int error = file_.Open(path);
  if (error != 0) Fail("cannot open {}: {}", path, ErrnoText(error));
  error_ = reader_.Open(file_.bytes(), file_.bytes().size);
}

void ImageFile::RequireGood() const {
  if (good()) return;
  const bool foreign = error_.status == image::ReadStatus::kNotAnImage ||
                       error_.status == image::ReadStatus::kVersion;
  Fail("{}: {}{}", path_, foreign ? "" : "damaged: ", ErrorText());
}

void ImageFile::VerifyData() { error_ = reader_.VerifyBlocks(file_.bytes()); }

std::vector<std::string> ImageFile::Arguments() const {
  std::vector<std::string> arguments;
  const char* argument = reader_.String(reader_.head().args);
  for (uint32_t i = 0; i < reader_.head().args_count; ++i) {
    arguments.emplace_back(argument);
    // There may be nothing behind the last one.
    if (i + 1 < reader_.head().args_count) {
      argument = image::Reader::NextString(argument);
    }
  }
  return arguments;
}

}  // namespace ckpt::cli
