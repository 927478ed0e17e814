# Intent: the signal of -x makes a checkpoint and ends the program with 85; it
# goes on from there. Without an image, `-r auto` starts afresh.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/ending.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import os
import signal

import generations

setup = generations.scenario()
setup.command.append("0")
fresh = [r"ckpt: no checkpoint to go on from; starting afresh"]
program = setup.start(["-r", "auto", "-x", "USR2", "-d", setup.images, "-v"])
program.wait_ready()
for generation in range(1, 4):
    os.kill(program.pid, signal.SIGUSR2)
    code = program.wait()
    program.check(code == 85, "ended with %d" % code)
    program.check_streams(fresh)
    generations.reap_all()
    program.check(len(setup.image_list()) == generation, "no image")
    program = setup.start(["-r", "auto", "-x", "USR2", "-d", setup.images, "-v"])
    program.wait_restarted()
program.finish(3)
