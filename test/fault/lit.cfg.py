# The fault tests: what goes wrong round a checkpoint or a restart, made to go
# wrong on purpose. Each test is a Python program whose first line is its
# intent; Inputs/harness.py is what they share. Substitutions are those of
# test/lit, and
#   %fault   runs a test: `%fault %s %t`, %t being its directory

import os
import subprocess

import lit.formats

here = os.path.dirname(os.path.abspath(__file__))
lit_config.load_config(config, os.path.join(here, "..", "lit", "lit.cfg.py"))

config.name = "ckpt-fault"
config.suffixes = [".py"]
config.excludes = ["Inputs", "lit.cfg.py"]
config.test_source_root = here

for name in [n for n in config.environment if n.startswith("CKPT_")]:
    del config.environment[name]
config.environment["CKPT_BIN"] = os.path.join(config.ckpt_build_dir, "bin")
config.environment["CKPT_FAULT_WORKER"] = os.path.join(
    config.ckpt_exec_root, "worker")
config.environment["CKPT_FAULT_PATCH"] = os.path.join(
    config.ckpt_exec_root, "patch_image")
config.environment["CKPT_RUNTIME"] = os.path.normpath(
    os.path.join(here, "..", "..", "runtime"))
config.environment["PYTHONPATH"] = os.path.join(here, "Inputs")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
config.substitutions.insert(
    0, ("%fault", "timeout --kill-after=5 250 " + config.python))

# Mounts of its own: root, and no container that forbids it.
if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                  stdin=subprocess.DEVNULL, timeout=20).returncode == 0:
    config.available_features.add("root-mounts")
