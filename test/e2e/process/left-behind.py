# Intent: a program that ends while a child of it lives says so under -v, in one
# line, however it ends; the child goes on, also where the program was restored
# into a namespace of its own.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave \
# RUN:   %behave/Inputs/left-behind.c -o %t
# RUN: %py %s %t.run %ckpt %t
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -static -pthread -I %behave \
# RUN:   %behave/Inputs/left-behind.c -o %t
# RUN: %py %s %t.run %ckpt %t
import os
import re

import generations

line = r"ckpt: the program ends while child process (\d+) \([^)]*\) lives$"


def write(path):
    with open(path, "w", encoding="ascii"):
        pass


def check_child(program, end):
    """It lives, and ends when it is told to."""
    alive = os.path.join(program.setup.work, "alive")
    for path in (alive, end):
        if os.path.exists(path):
            os.unlink(path)
    limit = generations.time.monotonic() + generations.kPatience
    while not os.path.exists(alive):
        program.check(generations.time.monotonic() < limit,
                      "the child does not live")
        generations.time.sleep(0.002)
    write(end)
    program.check(generations.reap_all(), "the child does not end")


for way, status in (("return", 3), ("exit", 3), ("_exit", 3), ("_Exit", 3),
                    ("quiet", 3)):
    setup = generations.scenario()
    end = os.path.join(setup.dir, "end-of-child")
    setup.command += [way, end]
    program = setup.start(["-d", setup.images] +
                          (["-v"] if way != "quiet" else []))
    program.wait_ready()
    setup.hand_over()
    program.check(program.wait() == status, "its status")
    found = [re.match(line, one) for one in program.err.splitlines()]
    program.check(len(found) == (way != "quiet") and all(found), "other lines")
    check_child(program, end)

for ids, user in (("same", None), ("ns", None), ("new", None),
                  ("ns", "nobody")):
    if user is not None and os.geteuid() != 0:
        continue
    setup = generations.scenario(user=user)
    end = os.path.join(setup.dir, "end-of-child")
    setup.command += ["later", end]
    setup.note = "--ids %s, %s" % (ids, user)
    program = setup.start(["-d", setup.images, "-v"])
    program.wait_ready()
    program.checkpoint_now()
    program.kill()
    program = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids",
                           ids])
    program.wait_restarted()
    setup.hand_over()
    program.check(program.wait() == 3, "its status")
    program.check_streams([line])
    program.check(len(program.lines(line)) == 1, "no line")
    check_child(program, end)
