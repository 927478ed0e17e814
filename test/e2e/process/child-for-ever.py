# Intent: a checkpoint that a living child stands in the way of for ten seconds
# is put off with one line that names the child, said once however often it is
# tried again; `ckpt now` and checkpoint_here are told; -x goes on waiting. When
# the child has ended, checkpoints are taken again.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/child.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import os
import re
import signal
import subprocess

import generations


def start(name, options, *arguments):
    generations.sys.argv[1] = directory + "." + name
    setup = generations.scenario()
    end = os.path.join(setup.dir, "end-of-child")
    setup.command += [end, *arguments]
    program = setup.start(["-d", setup.images, *options])
    program.wait_until(lambda: "child " in program.out, "child")
    child = re.search(r"child (\d+)", program.out)[1]
    return program, end, "child process %s (%s) lives" % (
        child, os.path.basename(setup.command[0])[:15])


def end_child(path):
    with open(path, "w", encoding="ascii"):
        pass


directory = generations.sys.argv[1]
# All at once: each takes the ten seconds.
timer, timer_end, timer_why = start("timer", ["-t", "0.05"])
asked, asked_end, asked_why = start("asked", [])
asking = subprocess.Popen([asked.setup.ckpt, "now", str(asked.pid)],
                          stderr=subprocess.PIPE, text=True)
here, here_end, here_why = start("here", [], "here")
leaving, leaving_end, leaving_why = start("leaving", ["-x", "USR1"])
leaving.wait_ready()
os.kill(leaving.pid, signal.SIGUSR1)

timer.wait_until(lambda: timer.err != "", "a line")
timer.check(timer.err == "ckpt: checkpoint put off: %s\n" % timer_why,
            "another line")
answer = asking.communicate(timeout=generations.kPatience)[1]
asked.check(answer.rstrip().endswith(": put off: " + asked_why),
            "ckpt now: " + answer)
here.wait_until(lambda: "put off\n" in here.out, "checkpoint_here's answer")
leaving.wait_until(lambda: leaving.err != "", "a line")
leaving.check(leaving.err == "ckpt: checkpoint put off: %s\n" % leaving_why,
              "another line")

for program, end in ((timer, timer_end), (asked, asked_end), (here, here_end),
                     (leaving, leaving_end)):
    end_child(end)
timer.wait_until(timer.setup.image_list, "an image")
timer.check(timer.err.count("\n") == 1, "more lines")
asked.checkpoint_now()
here.checkpoint_now()
code = leaving.wait()
leaving.check(code == 85, "ended with %d" % code)
for program in (timer, asked, here):
    program.wait_ready()
    program.kill()
generations.reap_all()
for program in (timer, asked, here, leaving):
    again = program.setup.start(["-r", "auto", "-d", program.setup.images,
                                 "-v"])
    again.wait_restarted()
    again.finish(1)
