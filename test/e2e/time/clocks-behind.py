# Intent: clocks that the program has seen do not go back when it is restarted
# where they are behind, as on a machine that was booted later, or ahead, and
# deadlines on them come in time; twice in a row; for root and others, in static
# programs and in C++.
# REQUIRES: nobody
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
# RUN:   %behave/Inputs/clocks.c -o %t
# RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -g -pthread -I %behave \
# RUN:   %behave/Inputs/clocks.c -o %t.static
# RUN: %ckpt_cxx -std=c++20 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread \
# RUN:   -I %behave %behave/Inputs/steady.cpp -o %t.steady
# RUN: %py %s %t same root
# RUN: %py %s %t ns nobody
# RUN: %py %s %t new nobody
# RUN: %py %s %t.static new root
# RUN: %py %s %t.static ns nobody
# RUN: %py %s %t.steady new root
"""The first life runs in a time namespace whose clocks are days ahead, the
second in one that is hours ahead, then in none; then the clocks are ahead of
what the program has seen, and behind once more."""

import os
import shutil
import signal
import subprocess
import sys
import time

program, ids, user = sys.argv[1:]
work = program + ".work." + ids
NOBODY = 65534
shutil.rmtree(work, ignore_errors=True)
os.mkdir(work)
if user == "nobody":
    os.chown(work, NOBODY, NOBODY)
go = os.path.join(work, "go")
PATIENCE = 30


def kill(process):
    """And what it has started: who changes its user is not killed with it."""
    os.killpg(process.pid, signal.SIGKILL)


def fail(what, process=None):
    if process is not None:
        kill(process)
        what += "\n" + process.stderr.read()
    sys.exit("%s: %s" % (ids, what))


def live(ahead, restart, last):
    """One life; ended by SIGKILL after a checkpoint, or by the token."""
    command = [program, "--", "-d", work, "-v", "--ids", ids, "-t", "0.05"]
    if restart:
        command += ["-r", "auto"]
    if user == "nobody":
        command = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY),
                   "--clear-groups", *command]
    if ahead:
        command = ["unshare", "--time", "--monotonic", ahead, "--boottime",
                   ahead, "--fork", "--kill-child", *command]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "BEHAVE_GO": go})
    durable, restarted = 0, False
    while durable < 3:
        line = process.stderr.readline()
        if not line:
            fail("ended early (%d): %s" % (process.wait(), process.stderr.read()))
        if line.startswith("ckpt: restart"):
            if "restarted" not in line:
                fail(line, process)
            restarted = True
        durable += "durable" in line
    if restarted != restart:
        fail("a fresh start", process)
    if last:
        open(go, "w").close()
        # The pipe is read to its end, or the program could not end.
        out, err = process.communicate(timeout=PATIENCE)
        if process.returncode != 0 or "OK" not in out:
            fail("ended with %d: %s%s" % (process.returncode, out, err))
    else:
        kill(process)
        process.wait()
        process.stderr.close()
        time.sleep(0.1)


live("172800", restart=False, last=False)
live("7200", restart=True, last=False)
live(None, restart=True, last=False)
live("172800", restart=True, last=False)
live(None, restart=True, last=True)
print("good")
