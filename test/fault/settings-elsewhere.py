# Intent: CPUs and memory nodes of the image that this machine does not have cost
# one line each: the program goes on with those that are there.
# RUN: %fault %s %t
"""Settings of a larger machine."""

import os
import shutil
import subprocess

import harness as h

kAffinity, kMemoryPolicy = 1 << 5, 1 << 4  # bits of ThreadSettings::chosen
kTop = 1 << 63  # CPU or node 1023


def patched(image, **fields):
    shutil.copy(image, "patched")
    os.chmod("patched", 0o600)
    for field, value in fields.items():
        name = field.replace("_first", "[0]").replace("_last", "[15]")
        subprocess.run([h.patch_tool, "patched", name, "%x" % value],
                       check=True, timeout=20)
    return "patched"


def goes_on(image, line):
    run = h.restart(image, options=["-t", "0", "-v"])
    run.wait_for("restarted from")
    run.wait_for("^ckpt: restarted without the " + line)
    run.finish()
    run.check(len(run.err.splitlines()) == 2, "not one line")


def test():
    image = h.take_image("images")
    here = min(os.sched_getaffinity(0))
    goes_on(patched(image, chosen=kAffinity, affinity_size=128,
                    affinity_first=0, affinity_last=kTop),
            r"CPU affinity of thread \d+: CPU 1023 is not available, nor any "
            r"other of it$")
    goes_on(patched(image, chosen=kAffinity, affinity_size=128,
                    affinity_first=1 << here, affinity_last=kTop),
            r"CPU affinity of thread \d+: CPU 1023 is not available$")
    goes_on(patched(image, chosen=kMemoryPolicy, memory_policy=2,
                    memory_nodes_last=kTop),
            r"memory policy of thread \d+: invalid argument \(errno 22\)$")


h.main(test)
