#include "invocation.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "input_kind.h"
#include "option_table.h"
#include "response_file.h"

namespace ckpt::wrapper {
namespace {

// One walk over the arguments; Result() draws the conclusions.
class Analyzer {
 public:
  void Walk(const std::vector<std::string>& args);
  Invocation Result() &&;

 private:
  void SeeOption(std::string_view option);
  void SeeInput(const std::string& path);
  void SeeLinkerArgument(const std::string& argument);
  void SeeLinkerList(std::string_view list);
  void SeeSanitizers(std::string_view list, bool on);
  void SeeTarget(std::string_view triple);
  void SeeLinker(std::string_view name);

  Invocation result_;
  std::string language_;  // Of the last -x.
  bool query_ = false;
  bool input_exists_ = false;
  bool stops_early_ = false;
  bool compile_only_ = false;  // -c, -S
  bool shared_ = false;
  bool relocatable_ = false;
  bool static_ = false;            // -static, -static-pie
  bool linker_is_static_ = false;  // The last of -Wl,-Bstatic, -Wl,-Bdynamic.
  bool has_link_input_ = false;
  std::string not_hosted_;
  std::string machine_;  // -m32 and the like, until -m64.
  std::string target_;
  std::vector<std::string> sanitizers_;
};

void Analyzer::Walk(const std::vector<std::string>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    // The front end without the driver: an internal command of clang's.
    if (i == 0 &&
        (arg == "-cc1" || arg == "-cc1as" || arg == "-cc1gen-reproducer"))
      query_ = true;
    if (arg == "--") {
      for (++i; i < args.size(); ++i) SeeInput(args[i]);
    } else if (arg.size() < 2 || arg[0] != '-') {
      SeeInput(arg);
    } else if (TakesNextArgument(arg)) {
      if (++i == args.size()) break;  // clang will complain.
      if (arg == "-x" || arg == "--language") language_ = args[i];
      if (arg == "-Xlinker" || arg == "--for-linker")
        SeeLinkerArgument(args[i]);
      if (arg == "-target") SeeTarget(args[i]);
      if (arg == "-l") has_link_input_ = input_exists_ = true;
      if (arg == "-working-directory") input_exists_ = true;
    } else {
      SeeOption(arg);
    }
  }
}

void Analyzer::SeeOption(std::string_view option) {
  auto value_of = [option](std::string_view prefix) {
    return option.substr(std::min(prefix.size(), option.size()));
  };
  if (IsQuery(option)) query_ = true;
  if (StopsBeforeCodeGeneration(option)) stops_early_ = true;
  if (LeavesHostedC(option)) not_hosted_ = option;

  if (option == "-c" || option == "--compile" || option == "-S" ||
      option == "--assemble") {
    compile_only_ = true;
  } else if (option == "-v" || option == "--verbose") {
    result_.verbose = true;
  } else if (option == "-shared" || option == "--shared") {
    shared_ = true;
  } else if (option == "-r") {
    relocatable_ = true;
  } else if (option == "-static" || option == "--static" ||
             option == "-static-pie") {
    static_ = true;
  } else if (option == "-m32" || option == "-mx32" || option == "-m16") {
    machine_ = option;
  } else if (option == "-m64") {
    machine_.clear();
  } else if (option.starts_with("-Wl,")) {
    SeeLinkerList(value_of("-Wl,"));
  } else if (option.starts_with("--for-linker=")) {
    SeeLinkerArgument(std::string(value_of("--for-linker=")));
  } else if (option.starts_with("-fsanitize=")) {
    SeeSanitizers(value_of("-fsanitize="), true);
  } else if (option.starts_with("-fno-sanitize=")) {
    SeeSanitizers(value_of("-fno-sanitize="), false);
  } else if (option.starts_with("--target=")) {
    SeeTarget(value_of("--target="));
  } else if (option.starts_with("-fuse-ld=")) {
    SeeLinker(value_of("-fuse-ld="));
  } else if (option.starts_with("--ld-path=")) {
    SeeLinker(value_of("--ld-path="));
  } else if (option.starts_with("--language=")) {
    language_ = value_of("--language=");
  } else if (option.starts_with("-x")) {
    language_ = value_of("-x");
  } else if (option.starts_with("-l")) {
    has_link_input_ = input_exists_ = true;
  } else if (option.starts_with("-working-directory=")) {
    input_exists_ = true;  // In a directory that is not ours to look into.
  }
}

void Analyzer::SeeInput(const std::string& path) {
  input_exists_ |= path == "-" || access(path.c_str(), F_OK) == 0;
  InputKind kind = ClassifyInput(language_, path);
  result_.preprocesses |= kind.preprocessed;
  result_.generates_code |= kind.through_llvm;
  has_link_input_ |= kind.linked;
  if (kind.object) result_.objects.push_back(path);
}

void Analyzer::SeeLinkerList(std::string_view list) {
  while (true) {
    size_t comma = list.find(',');
    SeeLinkerArgument(std::string(list.substr(0, comma)));
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

// Linkers take long options with one dash or two.
void Analyzer::SeeLinkerArgument(const std::string& argument) {
  if (argument.starts_with('@')) {
    for (const std::string& word : ExpandResponseFiles({argument})) {
      if (!word.starts_with('@')) SeeLinkerArgument(word);
    }
    return;
  }
  std::string_view word = argument;
  if (word.starts_with("--")) word.remove_prefix(1);
  if (word == "-shared" || word == "-Bshareable") shared_ = true;
  if (word == "-r" || word == "-i" || word == "-Ur" || word == "-relocatable") {
    relocatable_ = true;
  }
  if (word == "-static" || word == "-Bstatic" || word == "-dn" ||
      word == "-non_shared") {
    linker_is_static_ = true;
  }
  if (word == "-Bdynamic" || word == "-dy" || word == "-call_shared") {
    linker_is_static_ = false;
  }
}

void Analyzer::SeeSanitizers(std::string_view list, bool on) {
  while (true) {
    size_t comma = list.find(',');
    std::string name(list.substr(0, comma));
    if (on) {
      sanitizers_.push_back(name);
    } else {
      std::erase_if(sanitizers_, [&](const std::string& seen) {
        return name == "all" || seen == name;
      });
    }
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

void Analyzer::SeeTarget(std::string_view triple) {
  target_ = IsSupportedTarget(triple) ? "" : triple;
}

void Analyzer::SeeLinker(std::string_view name) {
  size_t slash = name.rfind('/');
  if (slash != name.npos) name.remove_prefix(slash + 1);
  result_.gold =
      name == "gold" || name == "ld.gold" || name.ends_with("-ld.gold");
}

Invocation Analyzer::Result() && {
  // Without any input the error is clang's, and reads as without us.
  if (query_ || !input_exists_) return Invocation();
  Invocation result = std::move(result_);
  if (stops_early_) result.generates_code = false;

  if (!stops_early_ && !compile_only_ && has_link_input_) {
    // The strongest first: a relocatable link has no libraries, a shared
    // library stays one under -static.
    result.link = relocatable_                   ? LinkKind::kRelocatable
                  : shared_                      ? LinkKind::kSharedLibrary
                  : static_ || linker_is_static_ ? LinkKind::kStaticExecutable
                                                 : LinkKind::kExecutable;
  }

  if (!target_.empty() || !machine_.empty()) {
    result.foreign_target = true;
    result.off_reason = target_.empty() ? machine_ : "--target=" + target_;
  } else if (!not_hosted_.empty()) {
    result.off_reason = not_hosted_;
  }
  for (const std::string& name : sanitizers_) {
    if (result.off_reason.empty() && !IsHarmlessSanitizer(name)) {
      result.off_reason = "-fsanitize=" + name;
    }
  }
  return result;
}

}  // namespace

Invocation Analyze(const std::vector<std::string>& args) {
  Analyzer analyzer;
  analyzer.Walk(args);
  return std::move(analyzer).Result();
}

}  // namespace ckpt::wrapper
