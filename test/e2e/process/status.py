# Intent: whoever restarts a program sees its exit code or the signal it died of,
# as if it had started the program itself, through a guardian or without.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/ending.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import os

import generations

for ids in ("same", "ns", "new"):
    for how in (0, 7, 255, -9, -15, -10):
        setup = generations.scenario()
        setup.command.append(str(how))
        first = setup.start(["-d", setup.images, "-v"])
        first.wait_ready()
        first.checkpoint_now()
        first.kill()
        second = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids",
                              ids])
        second.wait_restarted()
        second.finish(1, how)
        second.check_streams()
