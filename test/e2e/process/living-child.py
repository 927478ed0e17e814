# Intent: a checkpoint that is due while a child of the program lives is taken
# as soon as that has ended, whoever has asked for it; until then the program
# runs.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/child.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import os
import signal
import subprocess
import time

import generations


def start(options):
    setup = generations.scenario()
    end = os.path.join(setup.dir, "end-of-child")
    setup.command.append(end)
    program = setup.start(["-d", setup.images, "-v", *options])
    program.wait_ready()
    return setup, program, end


def write(path):
    with open(path, "w", encoding="ascii"):
        pass


def check_restarts(setup, generation):
    again = setup.start(["-r", "auto", "-d", setup.images, "-v"])
    again.wait_restarted()
    again.finish(generation)


# By the timer.
setup, program, end = start(["-t", "0.02"])
time.sleep(0.3)  # a dozen periods
program.check(program.err == "", "something was done or said")
write(end)
program.wait_checkpoints(2)
program.kill()
check_restarts(setup, 1)

# By `ckpt now`.
setup, program, end = start([])
asking = subprocess.Popen([setup.ckpt, "now", str(program.pid)],
                          stdout=subprocess.PIPE, text=True)
time.sleep(0.3)
program.check(asking.poll() is None, "answered while the child lives")
write(end)
begin = time.monotonic()
[image] = asking.communicate(timeout=generations.kPatience)[0].split()
took = time.monotonic() - begin
program.check(setup.image_list() == [image], "another image")
program.check(took < 5, "it took %.1f s after the child's end" % took)
program.kill()
check_restarts(setup, 1)

# By the signal of -x.
setup, program, end = start(["-x", "USR1"])
os.kill(program.pid, signal.SIGUSR1)
time.sleep(0.3)
program.check(program.process.poll() is None, "it has ended")
program.check(program.err == "", "something was done or said")
write(end)
code = program.wait()
program.check(code == 85, "ended with %d" % code)
generations.reap_all()
check_restarts(setup, 1)
