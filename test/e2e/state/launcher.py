# Intent: what the program has not chosen itself it has from the launcher of the
# restart, not from its first one; what it has chosen it keeps.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/settings.c -o %t
# RUN: %py %s %t.run %ckpt %t
"""Starts under one launcher, restarts under two others."""

import os
import re
import sys

import generations

kCpus = sorted(os.sched_getaffinity(0))
kNice = os.nice(0)

# Each: the words in front of the command, and what they stand for.
FIRST = ["prlimit", "--nofile=500:600", "--core=1000:1000",
         "ionice", "-c2", "-n1",
         "nice", "-n3", "taskset", "-c", str(kCpus[-1])]
OTHERS = [["prlimit", "--nofile=250:350", "--core=900:900",
           "ionice", "-c2", "-n5", "nice", "-n5"],
          ["prlimit", "--nofile=450:550", "--core=800:800",
           "ionice", "-c2", "-n3", "nice", "-n2"]]
kLost = r"ckpt: restarted without the program's RLIMIT_NOFILE, " \
        r"soft 300, hard 400: operation not permitted \(errno 1\)"


def found(program, who):
    line = re.search(r"^%s: (.*)$" % who, program.out, re.M)
    program.check(line, "no line of " + who)
    return line[1]


def expect(program, who, text):
    program.check(found(program, who) == text,
                  "%s is not `%s`" % (found(program, who), text))


def through(ids, user, argument):
    setup = generations.Setup(sys.argv[1], sys.argv[2],
                              [sys.argv[3], argument], user)
    setup.note = "--ids %s, %s, %s" % (ids, user or "root", argument)
    common = ["-d", setup.images, "-v"]
    program = setup.start(common, launcher=FIRST)
    for other in OTHERS:
        program.wait_ready()
        image = program.checkpoint_now()
        program.kill()
        program = setup.start(["-r", image, "--ids", ids, *common],
                              launcher=other)
        program.wait_restarted()
        # 400 is above the hard limit of the first of the others.
        if argument == "own" and user and other is OTHERS[0]:
            # It comes behind the line about the restart.
            program.wait_until(lambda: len(program.lines(kLost)) == 1,
                               "a line: " + kLost)
        # The driver's program has said it already.
        program.wait_ready = lambda: None
    program.finish(len(OTHERS))
    own = argument == "own"
    nice = min(kNice + 2, 19)
    expect(program, "main", "cpus %d nice %d slack 50000 io %d policy 0" %
           (len(kCpus), nice, 2 << 13 | 3))
    if own:
        expect(program, "worker", "cpus 1 nice 15 slack 70000 io %d policy 0" %
               (2 << 13 | 6))
        # Perhaps out of reach in the first restart; not forgotten for that.
        expect(program, "process", "files 300 400 core 800 subreaper 1")
    else:
        expect(program, "worker", found(program, "main"))
        expect(program, "process", "files 450 550 core 800 subreaper 0")
    program.check_streams([kLost])


for ids, user in [("same", None), ("new", None), ("ns", None),
                  ("ns", "nobody"), ("new", "nobody")]:
    if user and os.geteuid() != 0:
        continue
    through(ids, user, "none")
    through(ids, user, "own")
print("good")
