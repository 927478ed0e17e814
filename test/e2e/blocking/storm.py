# Intent: no call that waits is seen to be interrupted by a checkpoint: none ends
# with EINTR, a short count or a timeout of another length; one checkpoint after
# the other, by name, by number and in inline assembly.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
# RUN:   %behave/Inputs/blocking.c -o %t
# RUN: %py %s %t
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O0 -g -Wall -Werror -pthread -I %behave \
# RUN:   %behave/Inputs/blocking.c -static -o %t.static
# RUN: %py %s %t.static
"""Runs all calls at once for a while. Most of these descriptors keep an image from
being written, which does not keep the threads from being stopped for it."""

import os
import re
import shutil
import subprocess
import sys

program = sys.argv[1]
work = program + ".work"
shutil.rmtree(work, ignore_errors=True)
os.mkdir(work)
result = subprocess.run(
    [program, "4", "--", "-d", work, "-t", "0.02", "-v"],
    capture_output=True, text=True, timeout=100, check=False)
stops = len(re.findall("^ckpt: checkpoint", result.stderr, re.M))
others = [line for line in result.stderr.splitlines()
          if not line.startswith("ckpt: checkpoint")]
if result.returncode != 0 or others or "OK" not in result.stdout:
    sys.exit("ended with %d: %s\n%s" % (result.returncode, others,
                                        result.stdout))
shutil.rmtree(work)
print("good: %d stops\n%s" % (stops, result.stdout))
