# Intent: signals sent to the process that the user has restarted reach the
# program, and stopping and continuing it works, through a guardian or without.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/ending.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import os
import signal

import generations


def state(pid):
    return generations.read("/proc/%d/stat" % pid).rsplit(")", 1)[1].split()[0]


for ids in ("same", "ns", "new"):
    setup = generations.scenario()
    setup.command.append("3")
    first = setup.start(["-d", setup.images, "-v"])
    first.wait_ready()
    first.checkpoint_now()
    first.kill()
    second = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", ids])
    second.wait_restarted()
    for number, name in ((signal.SIGUSR1, "USR1"), (signal.SIGTERM, "TERM")):
        os.kill(second.pid, number)
        second.wait_until(lambda: "got %s\n" % name in second.out, name)
    # The first process of a namespace cannot stop itself, so nobody outside
    # sees the stop of what is in one.
    inner = second.restored()
    if ids != "ns":
        os.kill(inner, signal.SIGSTOP)
        second.wait_until(lambda: state(inner) == "T" and state(second.pid) == "T",
                          "both stopped")
        os.kill(second.pid, signal.SIGCONT)
        second.wait_until(lambda: state(inner) in "SR", "the program goes on")
    os.kill(second.pid, signal.SIGUSR1)
    second.wait_until(lambda: second.out.count("got USR1\n") == 2, "USR1")
    second.finish(1, 3)
