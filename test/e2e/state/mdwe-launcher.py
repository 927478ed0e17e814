# Intent: a launcher that forbids memory that is written and executed
# (PR_SET_MDWE) is no obstacle to a restart, but for a program that has such
# memory, which is refused by name.
# RUN: cc %behave/Inputs/mdwe.c -o %t.launcher
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -I %behave \
# RUN:   %behave/Inputs/jit.c -o %t.jit
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/threads/hundred.c -o %t
# RUN: %py %s %t.run %ckpt %t %t.jit %t.launcher
"""Restarts under a launcher that has set PR_SET_MDWE."""

import os
import subprocess
import sys

import generations

kRefused = r"ckpt: restart refused: .*: the launcher forbids memory that is " \
           r"written and executed \(PR_SET_MDWE\), as the program has at 0x"


def main():
    directory, ckpt, program, jit, launcher = sys.argv[1:]
    launcher = [os.path.abspath(launcher)]
    if subprocess.run([*launcher, "true"], check=False).returncode == 125:
        print("not on this kernel")  # before Linux 6.3
        return
    for ids in ["same", "ns", "new"]:
        setup = generations.Setup(directory, ckpt, [program])
        common = ["-d", setup.images, "-v"]
        first = setup.start(common)
        first.wait_ready()
        image = first.checkpoint_now()
        first.kill()
        for _ in range(2):
            again = setup.start(["-r", image, "--ids", ids, *common],
                                launcher=launcher)
            again.wait_restarted()
            image = again.checkpoint_now()
            again.kill()
        last = setup.start(["-r", image, "--ids", ids, *common],
                           launcher=launcher)
        last.wait_restarted()
        last.finish(3)
        last.check_streams()

    setup = generations.Setup(directory, ckpt, [jit])
    first = setup.start(["-d", setup.images, "-v"])
    first.wait_ready()
    image = first.checkpoint_now()
    first.kill()
    refused = setup.start(["-r", image], launcher=launcher)
    refused.check(refused.wait() == 125, "not refused")
    refused.check_streams([kRefused])
    refused.check(len(refused.lines(kRefused)) == 1, "no line")
    last = setup.start(["-r", image, "-v"])
    last.wait_restarted()
    last.finish(1)
    print("good")


main()
