// image_file.h - an image on disk, opened and checked.

#ifndef CKPT_CLI_IMAGE_FILE_H
#define CKPT_CLI_IMAGE_FILE_H

#include <string>
#include <vector>

#include "image/reader.h"
#include "mapped_file.h"

namespace ckpt::cli {

class ImageFile {
 public:
  // Throws Failure if the file cannot be opened; damage is in error().
  explicit ImageFile(const std::string& path);

  // What is wrong with the metadata, or, after VerifyData, with the data.
  const image::ReadError& error() const { return error_; }
  bool good() const { return error_.ok(); }
  std::string ErrorText() const { return image::Describe(error_).text(); }

  // Throws Failure with the damage.
  void RequireGood() const;

  // Reads all the data; only if good().
  void VerifyData();

  const std::string& path() const { return path_; }
  uint64_t size() const { return file_.bytes().size; }
  // Valid if good() was true before VerifyData.
  const image::Reader& reader() const { return reader_; }
  std::vector<std::string> Arguments() const;

 private:
  std::string path_;
  MappedFile file_;
  image::Reader reader_;
  image::ReadError error_;
};

}  // namespace ckpt::cli

#endif
