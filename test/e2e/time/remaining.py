# Intent: what waits for a relative timeout waits, after a restart, for what was
# left of it at the checkpoint, however long the program was dead; and not longer
# because of the checkpoints.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
# RUN:   %behave/Inputs/waits.c -o %t
# RUN: %py %s %t same
# RUN: %py %s %t ns
# RUN: %py %s %t new
"""Kills a program that waits, and looks when its waits end after a restart."""

import os
import shutil
import signal
import subprocess
import sys
import time

program, ids = sys.argv[1:]
work = program + ".work"
shutil.rmtree(work, ignore_errors=True)
os.mkdir(work)
SPAN = 3.0  # of each wait, in waits.c
DEAD = 3.2
PATIENCE = 60


def start(*options):
    return subprocess.Popen([program, "--", "-d", work, "-v", "--ids", ids,
                             *options], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def fail(what):
    sys.exit("%s: %s" % (ids, what))


first = start("-t", "0.05")
if first.stdout.readline() != "waiting\n":
    fail("did not begin: " + first.stderr.read())
began = time.monotonic()
while "durable" not in first.stderr.readline():
    pass
first.stderr.readline()  # one that surely began behind "waiting"
saved = time.monotonic()
first.send_signal(signal.SIGKILL)
first.wait()
time.sleep(DEAD)

restarted = time.monotonic()
second = start("-t", "0.05", "-r", "auto")
os.set_blocking(second.stdout.fileno(), False)
left = SPAN - (saved - began)
ended = []
while len(ended) < 8 and time.monotonic() < restarted + PATIENCE:
    try:
        text = os.read(second.stdout.fileno(), 4096).decode()
    except BlockingIOError:
        time.sleep(0.005)
        continue
    if not text:
        break
    now = time.monotonic() - restarted
    for name in text.split():
        ended.append(name)
        if now < left:
            fail("%s ended after %.3f s of %.3f" % (name, now, left))
second.kill() if second.poll() is None and len(ended) < 8 else second.wait()
if sorted(ended) != sorted(set(ended)) or len(ended) != 8:
    fail("ended: %s\n%s" % (ended, second.stderr.read()))
print("good: %.2f s were left" % left)
