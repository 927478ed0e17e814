# Intent: what daemon(3) leaves of a program goes on as the protected program:
# its checkpoints, `ckpt now` and restarts are those of the same run, also if it
# becomes a daemon only after a restart.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/daemon.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -static -pthread -I %behave \
# RUN:   %behave/Inputs/daemon.c -o %t
# RUN: %py %s %t.run %ckpt %t
import json
import os
import signal
import subprocess

import generations

# All images stay: one that `ckpt now` has named is looked at later.
interval = ["-t", "0.03", "-k", "0"]


def run_of(setup, image):
    return json.loads(subprocess.run(
        [setup.ckpt, "info", "--json", image], capture_output=True, check=True,
        timeout=generations.kPatience).stdout)["run_id"]


def who(program):
    path = os.path.join(program.setup.work, "who")
    until(program, lambda: os.path.exists(path) and
          generations.read(path).endswith("\n"), "who it is")
    pid = int(generations.read(path).split()[0])
    os.unlink(path)
    return pid


def until(program, condition, what):
    """As Program.wait_until, of a program that the user has seen the end of."""
    end = generations.time.monotonic() + generations.kPatience
    while not condition():
        if generations.time.monotonic() > end:
            program.fail("waited in vain for: " + what)
        generations.time.sleep(0.002)


def newest(setup):
    images = setup.image_list()
    return images[-1] if images else None


def now(setup, pid):
    """`ckpt now` of the daemon: the path of the image."""
    result = subprocess.run([setup.ckpt, "now", str(pid)], capture_output=True,
                            text=True, check=False,
                            timeout=generations.kPatience)
    if result.returncode != 0:
        generations.sys.exit("FAILED: ckpt now: " + result.stderr)
    return result.stdout.strip()


for ids, user in (("same", None), ("ns", None), ("new", None),
                  ("ns", "nobody"), ("new", "nobody")):
    if user is not None and os.geteuid() != 0:
        continue
    setup = generations.scenario(user=user)
    setup.note = "--ids %s, %s" % (ids, user)
    first = setup.start(["-d", setup.images, "-v", *interval])
    first.check(first.wait() == 0, "the launcher's process")
    pid = who(first)
    before = newest(setup)
    until(first, lambda: newest(setup) not in (None, before), "an image")
    run = run_of(setup, now(setup, pid))
    first.check(first.err == "", "a line")
    os.kill(pid, signal.SIGKILL)
    first.check(generations.reap_all(), "it does not end")
    # It goes on, as a program that stays in the foreground.
    program = first
    for generation in range(1, 4):
        program = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids",
                               ids, *interval])
        before = newest(setup)
        until(program, lambda: newest(setup) != before, "an image")
        program.check(run_of(setup, newest(setup)) == run, "another run")
        if generation < 3:
            program.kill()
    setup.hand_over()
    program.check(program.wait() == 0, "its end")
    end = os.path.join(setup.work, "end")
    program.check(generations.read(end) == "OK %d 3\n" % pid, "its last word")
    generations.reap_all()

    # The same after a restart.
    setup = generations.scenario(user=user)
    setup.command.append("later")
    setup.note = "--ids %s, %s, later" % (ids, user)
    first = setup.start(["-d", setup.images, "-v", *interval])
    first.wait_ready()
    first.wait_checkpoints(1)
    first.kill()
    second = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", ids,
                          *interval])
    second.wait_restarted()
    with open(os.path.join(setup.work, "become"), "w", encoding="ascii"):
        pass
    second.check(second.wait() == 0, "the launcher's process")
    who(second)
    before = newest(setup)
    until(second, lambda: newest(setup) != before, "an image of the daemon")
    run = run_of(setup, newest(setup))
    # The daemon, or the first process of its namespace.
    for pid, parent in generations.parents().items():
        if parent == os.getpid():
            os.kill(pid, signal.SIGKILL)
    second.check(generations.reap_all(), "it does not end")
    third = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", ids,
                         *interval])
    before = newest(setup)
    until(third, lambda: newest(setup) != before, "an image")
    third.check(run_of(setup, newest(setup)) == run, "another run")
    setup.hand_over()
    third.check(third.wait() == 0, "its end")
    generations.reap_all()
