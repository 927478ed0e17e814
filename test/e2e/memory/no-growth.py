# Intent: reservations (1 TiB), holes, and pages that were never touched or only
# read take no room in an image and no memory after a restart; over 50
# generations neither mappings nor resident memory nor images grow.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/vmas.c -o %t
# RUN: %py %s %t.run %ckpt %t
import os

import generations

GENERATIONS = 50
IDS = ("same", "new", "ns")


def measure(program):
    """(mappings, resident KiB)"""
    pid = program.restored()
    with open("/proc/%d/maps" % pid, encoding="latin-1") as file:
        maps = sum(1 for _ in file)
    with open("/proc/%d/status" % pid, encoding="latin-1") as file:
        [resident] = [int(line.split()[1]) for line in file
                      if line.startswith("VmRSS:")]
    return maps, resident


setup = generations.scenario()
program = setup.start(["-d", setup.images, "-v", "-k", "1"])
program.wait_ready()
before = measure(program)
seen = []
for generation in range(GENERATIONS):
    image = program.checkpoint_now()
    seen.append((*measure(program), os.path.getsize(image) >> 10))
    program.kill()
    program = setup.start(["-r", image, "-v", "--ids",
                           IDS[generation % len(IDS)]])
    program.wait_restarted()
figures = "mappings, resident KiB, image KiB: %s, then %s" % (before, seen)
print(figures)
# The 2nd has everything that a restart and a checkpoint leave behind.
first, later = seen[1], seen[2:]
program.check(all(s[0] <= first[0] for s in later), figures)
program.check(all(s[1] <= first[1] + 1024 for s in later), figures)
program.check(all(s[2] <= first[2] + 256 for s in later), figures)
program.check(first[0] <= before[0] + 16, figures)
program.check(max(s[2] for s in seen) < 4096, figures)
program.finish(GENERATIONS)
