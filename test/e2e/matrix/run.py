# The runs of one way of building: each of the most telling programs, under each
# way to thread ids, as root and as nobody.
#
#   run.py DIR CKPT COMPILER FLAG...
"""Builds the programs of the matrix and takes them through a restart each."""

import os
import random
import subprocess
import sys

import generations

kPrograms = ["locks/kinds.c", "cond/paper-3.3.c", "files/dup.c",
             "memory/main-stack.c", "threads/local.c"]
kWays = [("same", None), ("ns", None), ("new", None), ("ns", "nobody"),
         ("new", "nobody"), ("auto", "nobody")]

directory, ckpt, compiler, *flags = sys.argv[1:]
here = os.path.dirname(os.path.abspath(generations.__file__))
os.makedirs(directory, exist_ok=True)
seed = random.randrange(1 << 32)
count = 0
for program in kPrograms:
    binary = os.path.join(os.path.abspath(directory),
                          os.path.basename(program)[:-2])
    subprocess.run([compiler, "-std=gnu11", "-D_GNU_SOURCE", "-pthread", "-I",
                    here, *flags, os.path.join(here, program), "-o", binary],
                   check=True, timeout=generations.kPatience)
    for ids, user in kWays:
        if user is not None and os.geteuid() != 0:
            continue
        setup = generations.Setup(binary + ".run", ckpt, [binary], user)
        setup.note = "seed %d, --ids %s, %s, %s" % (seed, ids, user or "root",
                                                    " ".join(flags))
        generations.run(setup, 1, ids, 0, random.Random(seed))
        count += 1
print("good: %d restarts, seed %d" % (count, seed))
