// captured_output.h - a stream that keeps what is written to it.

#ifndef CKPT_TEST_UNIT_CAPTURED_OUTPUT_H
#define CKPT_TEST_UNIT_CAPTURED_OUTPUT_H

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ckpt {

class CapturedOutput {
 public:
  CapturedOutput() : stream_(open_memstream(&text_, &size_)) {}
  ~CapturedOutput() {
    std::fclose(stream_);
    std::free(text_);
  }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  std::FILE* stream() const { return stream_; }
  std::string Text() const {
    std::fflush(stream_);
    return std::string(text_, size_);
  }

 private:
  char* text_ = nullptr;
  size_t size_ = 0;
  std::FILE* stream_;
};

}  // namespace ckpt

#endif
