# The end-to-end tests: programs that are checkpointed, killed and restarted.
# One behaviour per file, its intent in the first line. Substitutions are those
# of test/lit, and
#   %build_c %build_cxx   compile %s with the wrapper to %t, as most tests do
#   %generations          generations.py: `%generations [options] %t`
#   %py                   runs a test that is a Python program: `%py %s %t`
# Features: `nobody` where root can become that user; `reflink` where XFS can be
# mounted.

import os
import subprocess
import tempfile

import lit.formats

here = os.path.dirname(os.path.abspath(__file__))
lit_config.load_config(config, os.path.join(here, "..", "lit", "lit.cfg.py"))

config.name = "ckpt-e2e"
config.suffixes = [".c", ".cpp", ".py", ".test"]
config.excludes = ["Inputs", "packages", "lit.cfg.py", "generations.py",
                   "run.py"]
config.test_source_root = here
if lit_config.maxIndividualTestTimeIsSupported[0]:
    lit_config.maxIndividualTestTime = 120

for name in [n for n in config.environment if n.startswith("CKPT_")]:
    del config.environment[name]
config.environment["CKPT_BIN"] = os.path.join(config.ckpt_build_dir, "bin")
config.environment["PYTHONPATH"] = here
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"

flags = " -O2 -g -Wall -Wextra -Werror -pthread -I " + here + " %s -o %t"
stress = os.path.normpath(os.path.join(here, "..", "stress"))
config.substitutions = [
    ("%build_cxx", "%ckpt_cxx -std=c++20" + flags),
    ("%build_c", "%ckpt_cc -std=gnu11 -D_GNU_SOURCE" + flags),
    ("%generations", "%s %s --dir %%t.run --ckpt %%ckpt" % (
        config.python, os.path.join(here, "generations.py"))),
    ("%stress_run", "%s %s --ckpt %%ckpt --dir %%t.run" % (
        config.python, os.path.join(stress, "run.py"))),
    ("%stress", os.path.join(stress, "stress.cpp")),
    ("%py", config.python),
    ("%behave", here),
] + config.substitutions

if os.geteuid() == 0:
    config.available_features.add("nobody")


def has_reflinks():
    """A file system with reflinks can be made and mounted."""
    with tempfile.TemporaryDirectory() as where:
        return subprocess.run(
            ["unshare", "-m", "sh", "-e", "-c",
             "truncate -s 400M disk; mkfs.xfs -q -m reflink=1 disk; "
             "mkdir mount; mount -o loop disk mount"],
            cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=60, check=False).returncode == 0


if has_reflinks():
    config.available_features.add("reflink")
