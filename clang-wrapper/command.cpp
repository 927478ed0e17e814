#include "command.h"

#include <algorithm>

#include "response_file.h"

namespace ckpt::wrapper {
namespace {

// -Wl, splits at commas, so a path that holds one goes another way.
void AddForLinker(const std::string& word, std::vector<std::string>* out) {
  if (word.find(',') == word.npos) {
    out->push_back("-Wl," + word);
  } else {
    out->insert(out->end(), {"-Xlinker", word});
  }
}

bool Links(const Invocation& invocation) {
  return invocation.link != LinkKind::kNone &&
         invocation.link != LinkKind::kRelocatable &&
         !invocation.foreign_target;
}

bool Instruments(const Invocation& invocation) {
  return invocation.generates_code && invocation.off_reason.empty();
}

// After "--" all words are files, also ours. The same command without it: what
// looks like an option gets a "./".
std::vector<std::string> WithoutDoubleDash(
    const std::vector<std::string>& args) {
  std::vector<std::string> result;
  bool files_only = false;
  for (const std::string& arg : args) {
    if (!files_only && arg == "--") {
      files_only = true;
    } else if (files_only && arg.size() > 1 && arg[0] == '-') {
      result.push_back("./" + arg);
    } else {
      result.push_back(arg);
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> CompileArguments(const Invocation& invocation,
                                          const Parts& parts) {
  std::vector<std::string> args;
  if (Instruments(invocation)) args.push_back("-fpass-plugin=" + parts.pass);
  // Last of all directories: nothing of the program's own is shadowed.
  if (invocation.preprocesses) {
    args.insert(args.end(), {"-idirafter", parts.include_dir});
  }
  return args;
}

std::vector<std::string> LinkOptions(const Invocation& invocation,
                                     const Parts& parts) {
  std::vector<std::string> args;
  if (!Links(invocation) || !invocation.off_reason.empty()) return args;
  if (invocation.link == LinkKind::kExecutable) {
    AddForLinker((invocation.gold ? "--dynamic-list="
                                  : "--export-dynamic-symbol-list=") +
                     parts.exports,
                 &args);
  } else if (invocation.link == LinkKind::kStaticExecutable) {
    // By its words where AddForLinker would have to use -Xlinker: the compiler
    // would take the response file for its own.
    std::vector<std::string> words = {"@" + parts.wrap};
    if (parts.wrap.find(',') != parts.wrap.npos) {
      words = ExpandResponseFiles(words);
    }
    for (const std::string& word : words) AddForLinker(word, &args);
  }
  // Also where no object was instrumented: the runtime is there, and found.
  if (invocation.link != LinkKind::kSharedLibrary) {
    args.push_back("-Wl,-u,checkpoint_init");
  }
  return args;
}

std::string LinkArchive(const Invocation& invocation, const Parts& parts) {
  if (!Links(invocation)) return "";
  // Without checkpointing the stub still resolves what instrumented objects in
  // the link refer to.
  if (!invocation.off_reason.empty() ||
      invocation.link == LinkKind::kSharedLibrary) {
    return parts.stub_library;
  }
  return invocation.link == LinkKind::kStaticExecutable ? parts.static_library
                                                        : parts.library;
}

std::vector<std::string> BuildCommand(const std::vector<std::string>& args,
                                      const std::vector<std::string>& expanded,
                                      const Invocation& invocation,
                                      const Parts& parts) {
  std::vector<std::string> ours = CompileArguments(invocation, parts);
  std::vector<std::string> link = LinkOptions(invocation, parts);
  ours.insert(ours.end(), link.begin(), link.end());
  // As a linker's word: after `-x c` a bare file name would be compiled.
  std::string archive = LinkArchive(invocation, parts);
  if (!archive.empty()) AddForLinker(archive, &ours);
  if (ours.empty()) return args;

  bool visible = std::find(args.begin(), args.end(), "--") != args.end();
  bool hidden =
      std::find(expanded.begin(), expanded.end(), "--") != expanded.end();
  std::vector<std::string> command = visible  ? WithoutDoubleDash(args)
                                     : hidden ? WithoutDoubleDash(expanded)
                                              : args;
  command.insert(command.end(), ours.begin(), ours.end());
  return command;
}

std::string MissingPart(const Invocation& invocation, const Parts& parts) {
  if (Instruments(invocation) && !Exists(parts.pass)) return parts.pass;
  if (!Links(invocation)) return "";
  std::string archive = LinkArchive(invocation, parts);
  if (!Exists(archive)) return archive;
  if (!invocation.off_reason.empty()) return "";
  if (invocation.link == LinkKind::kExecutable && !Exists(parts.exports)) {
    return parts.exports;
  }
  if (invocation.link == LinkKind::kStaticExecutable && !Exists(parts.wrap)) {
    return parts.wrap;
  }
  return "";
}

}  // namespace ckpt::wrapper
