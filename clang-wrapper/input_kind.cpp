#include "input_kind.h"

namespace ckpt::wrapper {
namespace {

// Device languages and those clang hands to another compiler are kOther: what
// comes out of them is linked, but the pass has no business in it.
constexpr InputKind kSource = {.preprocessed = true, .through_llvm = true};
constexpr InputKind kHeader = {.preprocessed = true, .linked = false};
constexpr InputKind kIr = {.through_llvm = true};
constexpr InputKind kCppAssembler = {.preprocessed = true};
constexpr InputKind kOther = {};
constexpr InputKind kObject = {.object = true};

struct Row {
  std::string_view name;
  InputKind kind;
};

constexpr Row kByExtension[] = {
    {"c", kSource},       {"C", kSource},        {"cc", kSource},
    {"cp", kSource},      {"cpp", kSource},      {"CPP", kSource},
    {"cxx", kSource},     {"CXX", kSource},      {"c++", kSource},
    {"C++", kSource},     {"m", kSource},        {"M", kSource},
    {"mm", kSource},      {"cppm", kSource},     {"ccm", kSource},
    {"cxxm", kSource},    {"c++m", kSource},     {"h", kHeader},
    {"H", kHeader},       {"hh", kHeader},       {"hp", kHeader},
    {"hpp", kHeader},     {"hxx", kHeader},      {"h++", kHeader},
    {"i", kIr},           {"ii", kIr},           {"mi", kIr},
    {"mii", kIr},         {"iim", kIr},          {"pcm", kIr},
    {"ast", kIr},         {"ll", kIr},           {"bc", kIr},
    {"S", kCppAssembler}, {"sx", kCppAssembler}, {"s", kOther},
    {"asm", kOther},      {"cl", kOther},        {"clcpp", kOther},
    {"cu", kOther},       {"cui", kOther},       {"hip", kOther},
    {"hipi", kOther},     {"f", kOther},         {"F", kOther},
    {"for", kOther},      {"FOR", kOther},       {"f90", kOther},
    {"F90", kOther},      {"f95", kOther},       {"F95", kOther},
};

constexpr Row kByLanguage[] = {
    {"c", kSource},
    {"c++", kSource},
    {"objective-c", kSource},
    {"objective-c++", kSource},
    {"c++-module", kSource},
    {"cpp-output", kIr},
    {"c++-cpp-output", kIr},
    {"objective-c-cpp-output", kIr},
    {"objc-cpp-output", kIr},
    {"objective-c++-cpp-output", kIr},
    {"objc++-cpp-output", kIr},
    {"c++-module-cpp-output", kIr},
    {"pcm", kIr},
    {"ast", kIr},
    {"ir", kIr},
    {"assembler-with-cpp", kCppAssembler},
};

}  // namespace

InputKind ClassifyInput(std::string_view language, std::string_view path) {
  if (!language.empty() && language != "none") {
    for (const Row& row : kByLanguage) {
      if (row.name == language) return row.kind;
    }
    return language.ends_with("-header") ? kHeader : kOther;
  }
  // Without -x stdin is only taken with -E, as C.
  if (path == "-") return kSource;
  size_t dot = path.rfind('.');
  if (dot != path.npos && path.find('/', dot) == path.npos) {
    for (const Row& row : kByExtension) {
      if (row.name == path.substr(dot + 1)) return row.kind;
    }
  }
  return kObject;
}

}  // namespace ckpt::wrapper
