# Intent: a program dies of each signal that there is, raised, sent or by a
# fault, with the wait status that a plain program has, "core dumped" included,
# before and after a restart under each kind of ids; one core is left, its own.
# REQUIRES: nobody
# RUN: %clang -D_GNU_SOURCE -O1 -pthread %behave/Inputs/dying.c -o %t.plain
# RUN: %ckpt_cc -D_GNU_SOURCE -O1 -pthread %behave/Inputs/dying.c -o %t
# RUN: %py %s %t.run %ckpt %t %t.plain
"""Compares raw wait statuses."""

import os
import resource
import signal
import subprocess
import sys
import time

import generations

directory, tool, program, plain = sys.argv[1:]
setup = generations.Setup(directory, tool, [program])
os.chmod(setup.dir, 0o777)
os.chmod(setup.images, 0o777)
go = setup.token
environment = {**setup.environment, "DYING_GO": go}

kNoCore = (signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGUSR1,
           signal.SIGPIPE, signal.SIGALRM, signal.SIGTERM, signal.SIGSTKFLT,
           signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGPWR,
           34, 50, 63)
kCore = (signal.SIGQUIT, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT,
         signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV, signal.SIGXCPU,
         signal.SIGXFSZ, signal.SIGSYS)
kWays = ([("raise", n) for n in kNoCore + kCore] +
         [("fault", n) for n in (signal.SIGSEGV, signal.SIGFPE, signal.SIGILL,
                                 signal.SIGTRAP)] +
         [("sent", n) for n in (signal.SIGTERM, signal.SIGQUIT, 40)] +
         [("abort", 0), ("exit", 0), ("exit", 7), ("exit", 255)])


def start(work, words, user=None):
    def prepare():
        # Whoever runs the tests may ignore some.
        for number in kNoCore + kCore:
            if number not in (signal.SIGKILL, signal.SIGSTOP):
                signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
        os.chdir(work)
    os.makedirs(work)
    who = {}
    if user is not None:
        os.chown(work, user, user)
        who = {"user": user, "group": user, "extra_groups": []}
    with open(os.path.join(work, "out"), "wb") as out:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=out, env=environment,
                                preexec_fn=prepare, **who)


def wait_for(work, text, process):
    path = os.path.join(work, "out")
    end = time.monotonic() + generations.kPatience
    while text not in generations.read(path):
        if time.monotonic() > end:
            process.kill()
            sys.exit("no %r: %s" % (text, generations.read(path)))
        time.sleep(0.001)


def take_cores(where):
    """The names of cores, which are removed, and whether they are whole."""
    cores = {}
    for name in os.listdir(where):
        if name.startswith("core"):
            path = os.path.join(where, name)
            cores[name] = os.path.getsize(path) > 500000
            os.unlink(path)
    return cores


def die(work, process, how, number):
    """The raw status."""
    with open(go + ".new", "w", encoding="ascii") as file:
        file.write("%s %d\n" % ("wait" if how == "sent" else how, number))
    os.rename(go + ".new", go)
    if how == "sent":
        wait_for(work, "waits\n", process)
        os.kill(process.pid, number)
    end = time.monotonic() + generations.kPatience
    gone = 0
    while gone == 0:
        gone, status = os.waitpid(process.pid, os.WNOHANG)
        if time.monotonic() > end:
            process.kill()
            sys.exit("%s does not die: %s %d" % (work, how, number))
        time.sleep(0.001)
    process.returncode = status
    os.unlink(go)
    return status


def work_of(*words):
    return os.path.join(setup.dir, "-".join(str(word) for word in words))


expected = {}
for how, number in kWays:
    work = work_of("plain", how, number)
    process = start(work, [plain])
    wait_for(work, "ready\n", process)
    expected[how, number] = (die(work, process, how, number),
                             take_cores(work))
    work = work_of("first", how, number)
    process = start(work, [program])
    wait_for(work, "ready\n", process)
    got = die(work, process, how, number), take_cores(work)
    if got != expected[how, number]:
        sys.exit("first life: %s %d: %s, expected %s" %
                 (how, number, got, expected[how, number]))
# A core is what this is about.
if not any(status & 0x80 for status, cores in expected.values()):
    sys.exit("no core is ever written here")

for user in (None, generations.kNobody):
    work = work_of("image", user)
    process = start(work, [program, "--", "-d", setup.images, "-t", "0.05",
                           "-v"], user)
    wait_for(work, "durable", process)
    process.kill()
    process.wait()
    image = setup.image_list()[-1]
    for ids in ("same", "ns", "new") if user is None else ("ns", "new"):
        for how, number in kWays:
            work = work_of(user, ids, how, number)
            process = start(work, [program, "--", "-r", image, "-t", "0", "-v",
                                   "--ids", ids], user)
            wait_for(work, "ckpt: restarted", process)
            status = die(work, process, how, number)
            # It is back in the directory where it was.
            got = status, take_cores(work_of("image", user))
            if take_cores(work):
                sys.exit("--ids %s: a core of the guardian's" % ids)
            if got != expected[how, number]:
                sys.exit("%s: --ids %s: %s %d: %s, expected %s\n%s" %
                         (user, ids, how, number, got, expected[how, number],
                          generations.read(os.path.join(work, "out"))))
            generations.reap_all()
print("good")
