# The lit suites of ckpt: one directory per room, one behaviour per test.
#
# Substitutions:
#   %clang %clangxx     the compilers of the LLVM that the pass belongs to
#   %with_pass          their flag that loads the pass
#   %pass               the pass itself, CkptPass.so
#   %ckpt_cc %ckpt_cxx  the wrapper under both of its names
#   %ckpt               the tool
#   %libdir %include    the runtime: libraries and headers
#   %bench              scripts/bench, of this build
#   %run                goes before a program that a test runs: it ends after a
#                       minute, so that a program that hangs is a failed test
# Features: `wrapper` and `runtime` where these are built.

import os

import lit.formats

config.name = "ckpt"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".c", ".cpp", ".ll", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = config.ckpt_exec_root

# Not every machine has what lit needs for this.
if lit_config.maxIndividualTestTimeIsSupported[0]:
    lit_config.maxIndividualTestTime = 300

bin_dir = os.path.join(config.ckpt_build_dir, "bin")
lib_dir = os.path.join(config.ckpt_build_dir, "lib")
include_dir = os.path.normpath(
    os.path.join(config.test_source_root, "..", "..", "runtime", "include"))
pass_path = os.path.join(lib_dir, "CkptPass.so")


def in_llvm(tool):
    return os.path.join(config.llvm_tools_dir, tool)


config.environment["PATH"] = os.pathsep.join(
    [config.llvm_tools_dir, config.environment["PATH"]])
# These would change what the compilers and the programs under test do.
for name in ("CCC_OVERRIDE_OPTIONS", "CPATH", "LIBRARY_PATH", "CKPT_OPTIONS",
             "CKPT_DISABLE", "CKPT_ARGV"):
    config.environment.pop(name, None)

# Applied in this order: a name comes after those that it is the beginning of.
config.substitutions += [
    ("%clangxx", in_llvm("clang++")),
    ("%clang", in_llvm("clang")),
    ("%with_pass", "-fpass-plugin=" + pass_path),
    ("%pass", pass_path),
    ("%ckpt_cc", os.path.join(bin_dir, "ckpt-cc")),
    ("%ckpt_cxx", os.path.join(bin_dir, "ckpt-c++")),
    ("%ckpt", os.path.join(bin_dir, "ckpt")),
    ("%libdir", lib_dir),
    ("%include", include_dir),
    ("%bench", "%s --build %s" % (os.path.normpath(os.path.join(
        config.test_source_root, "..", "..", "scripts", "bench")),
        config.ckpt_build_dir)),
    ("%run", "timeout --kill-after=5 60"),
]

if os.path.exists(os.path.join(bin_dir, "ckpt-cc")):
    config.available_features.add("wrapper")
if os.path.exists(os.path.join(lib_dir, "libckpt.a")):
    config.available_features.add("runtime")
