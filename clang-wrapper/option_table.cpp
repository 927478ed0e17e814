#include "option_table.h"

namespace ckpt::wrapper {
namespace {

// Options whose value is always, or when nothing is joined to them, the next
// argument. Those that only exist for other systems are here too: a command
// that holds one must fail in clang's own words.
constexpr std::string_view kWithValue[] = {
    "-A",
    "-B",
    "-D",
    "-F",
    "-G",
    "-I",
    "-L",
    "-MF",
    "-MJ",
    "-MQ",
    "-MT",
    "-T",
    "-U",
    "-Xanalyzer",
    "-Xassembler",
    "-Xclang",
    "-Xcuda-fatbinary",
    "-Xcuda-ptxas",
    "-Xlinker",
    "-Xoffload-linker",
    "-Xopenmp-target",
    "-Xpreprocessor",
    "-Zlinker-input",
    "-allowable_client",
    "-arch",
    "-arch_only",
    "-b",
    "-bundle_loader",
    "-ccc-gcc-name",
    "-ccc-install-dir",
    "-client_name",
    "-compatibility_version",
    "-current_version",
    "-cxx-isystem",
    "-darwin-target-variant",
    "-dependency-dot",
    "-dependency-file",
    "-dsym-dir",
    "-dumpdir",
    "-dylib_file",
    "-e",
    "-exported_symbols_list",
    "-fmodules-user-build-path",
    "-force_load",
    "-framework",
    "-gen-cdb-fragment-path",
    "-iapinotes-modules",
    "-idirafter",
    "-iframework",
    "-iframeworkwithsysroot",
    "-image_base",
    "-imacros",
    "-imultilib",
    "-include",
    "-include-pch",
    "-init",
    "-install_name",
    "-iprefix",
    "-iquote",
    "-isysroot",
    "-isystem",
    "-isystem-after",
    "-ivfsoverlay",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-iwithsysroot",
    "-l",
    "-lazy_framework",
    "-meabi",
    "-mllvm",
    "-mmlir",
    "-module-dependency-dir",
    "-mthread-model",
    "-o",
    "-resource-dir",
    "-rpath",
    "-serialize-diagnostics",
    "-stdlib++-isystem",
    "-target",
    "-u",
    "-umbrella",
    "-undefined",
    "-unexported_symbols_list",
    "-vfsoverlay",
    "-weak_framework",
    "-weak_library",
    "-working-directory",
    "-x",
    "-z",
    "--CLASSPATH",
    "--analyzer-output",
    "--assert",
    "--bootclasspath",
    "--classpath",
    "--config",
    "--define-macro",
    "--dyld-prefix",
    "--encoding",
    "--extdirs",
    "--for-linker",
    "--force-link",
    "--imacros",
    "--include",
    "--include-directory",
    "--include-directory-after",
    "--include-prefix",
    "--include-with-prefix",
    "--include-with-prefix-after",
    "--include-with-prefix-before",
    "--language",
    "--library-directory",
    "--mhwdiv",
    "--output",
    "--output-class-directory",
    "--param",
    "--prefix",
    "--resource",
    "--rtlib",
    "--serialize-diagnostics",
    "--sysroot",
    "--system-header-prefix",
    "--undefine-macro",
};

constexpr std::string_view kQueries[] = {
    "--help",    "-help",        "--help-hidden", "-help-hidden",
    "--version", "-dumpversion", "-dumpmachine",  "--target-help",
};

constexpr std::string_view kEarlyStops[] = {
    "-E",
    "--preprocess",
    "-M",
    "--dependencies",
    "-MM",
    "--user-dependencies",
    "-fsyntax-only",
    "--analyze",
    "--precompile",
    "-emit-ast",
    "-emit-interface-stubs",
    "-extract-api",
    "-module-file-info",
    "-rewrite-objc",
    "-rewrite-legacy-objc",
    "-verify-pch",
};

constexpr std::string_view kNotHosted[] = {
    "-nostdlib", "--no-standard-libraries", "-nodefaultlibs",
    "-nolibc",   "-nostartfiles",           "-ffreestanding",
};

constexpr std::string_view kHarmlessSanitizers[] = {
    "undefined",
    "undefined-trap",
    "alignment",
    "array-bounds",
    "bool",
    "bounds",
    "builtin",
    "enum",
    "float-cast-overflow",
    "float-divide-by-zero",
    "function",
    "implicit-bitfield-conversion",
    "implicit-conversion",
    "implicit-integer-arithmetic-value-change",
    "implicit-integer-conversion",
    "implicit-integer-sign-change",
    "implicit-integer-truncation",
    "implicit-signed-integer-truncation",
    "implicit-unsigned-integer-truncation",
    "integer",
    "integer-divide-by-zero",
    "local-bounds",
    "nonnull-attribute",
    "null",
    "nullability",
    "nullability-arg",
    "nullability-assign",
    "nullability-return",
    "object-size",
    "pointer-overflow",
    "return",
    "returns-nonnull-attribute",
    "shift",
    "shift-base",
    "shift-exponent",
    "signed-integer-overflow",
    "unreachable",
    "unsigned-integer-overflow",
    "unsigned-shift-base",
    "vla-bound",
    "vptr",
};

template <size_t N>
bool Contains(const std::string_view (&rows)[N], std::string_view word) {
  for (std::string_view row : rows) {
    if (row == word) return true;
  }
  return false;
}

}  // namespace

bool TakesNextArgument(std::string_view option) {
  return option.starts_with("-Xarch_") ||
         option.starts_with("-Xopenmp-target=") || Contains(kWithValue, option);
}

bool IsQuery(std::string_view option) {
  return option.starts_with("-print-") || option.starts_with("--print-") ||
         option.starts_with("--autocomplete=") || Contains(kQueries, option);
}

bool StopsBeforeCodeGeneration(std::string_view option) {
  return option.starts_with("-fmodule-file-info") ||
         Contains(kEarlyStops, option);
}

bool LeavesHostedC(std::string_view option) {
  return Contains(kNotHosted, option);
}

bool IsHarmlessSanitizer(std::string_view name) {
  return Contains(kHarmlessSanitizers, name);
}

bool IsSupportedTarget(std::string_view triple) {
  size_t dash = triple.find('-');
  if (dash == triple.npos) return false;
  std::string_view cpu = triple.substr(0, dash);
  std::string_view rest = triple.substr(dash);
  if (cpu != "x86_64" && cpu != "amd64") return false;
  // Nothing after "linux" means the GNU C library.
  return rest.ends_with("-linux") || rest.ends_with("-linux-gnu");
}

}  // namespace ckpt::wrapper
