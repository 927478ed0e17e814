// core_message_test.cpp - lines on standard error.

#include "core/message.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "core/state.h"

namespace ckpt::core {
namespace {

class MessageTest : public testing::Test {
 protected:
  void SetUp() override { testing::internal::CaptureStderr(); }
  void TearDown() override {
    g_state.options.quiet = g_state.options.verbose = false;
  }
  static std::string Said() { return testing::internal::GetCapturedStderr(); }
};

TEST_F(MessageTest, SaysWhatTheUserMustKnow) {
  Say(Line().Str("a"));
  SayVerbose(Line().Str("b"));
  SayError(Line().Str("c"));
  EXPECT_EQ(Said(), "ckpt: a\nckpt: c\n");
}

TEST_F(MessageTest, QuietSaysOnlyErrors) {
  g_state.options.quiet = true;
  Say(Line().Str("a"));
  SayError(Line().Str("c"));
  EXPECT_EQ(Said(), "ckpt: c\n");
}

TEST_F(MessageTest, VerboseSaysAll) {
  g_state.options.verbose = true;
  Say(Line().Str("a"));
  SayVerbose(Line().Str("b"));
  EXPECT_EQ(Said(), "ckpt: a\nckpt: b\n");
}

TEST_F(MessageTest, ALongLineIsStillALine) {
  Line text;
  for (int i = 0; i < 1000; ++i) text.Char('x');
  SayError(text);
  const std::string said = Said();
  EXPECT_EQ(said.back(), '\n');
  EXPECT_EQ(said.size(), 6 + 511 + 1u);
}

TEST_F(MessageTest, FatalEndsWithItsOwnCode) {
  Said();
  EXPECT_EXIT(Fatal(Line().Str("over")), testing::ExitedWithCode(125),
              "^ckpt: over\n$");
  EXPECT_EXIT(CKPT_CHECK(1 > 2, "sums"), testing::ExitedWithCode(125),
              "^ckpt: internal error: sums\n$");
}

TEST_F(MessageTest, ErrorsHaveNamesAndNumbers) {
  Line line;
  AddError(&line, -28);
  EXPECT_STREQ(line.text(), "no space left on device (errno 28)");
  line = Line();
  AddError(&line, -999);
  EXPECT_STREQ(line.text(), "error (errno 999)");
  Said();
}

}  // namespace
}  // namespace ckpt::core
