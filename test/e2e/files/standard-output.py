# Intent: standard output that is the same file as before (> or >> out) is cut
# to what it was at the checkpoint; one that the new shell has emptied goes on at
# its end, with a line; another file, a pipe or a terminal is simply taken.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/standard-output.c -o %t
# RUN: %py %s %t.run %ckpt %t
"""What a shell does with `> out`, `>> out` and `| cat`."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import time

kPatience = 40
runs = []
directory, ckpt, program = sys.argv[1:]
program = os.path.abspath(program)
kThen = b"".join(b"line %05d\n" % i for i in range(1000))
kMore = b"".join(b"line %05d\n" % i for i in range(1000, 1010))


def check(condition, what):
    if not condition:
        raise SystemExit("FAILED: %s" % (what,))


def get(path):
    with open(path, "rb") as file:
        return file.read()


def wait_for(path, text):
    end = time.monotonic() + kPatience
    while text not in get(path):
        check(time.monotonic() < end, "no %r in %s" % (text, path))
        time.sleep(0.002)


def start(out, err, *options):
    environment = dict(os.environ, BEHAVE_GO="go")
    run = subprocess.Popen([program, "--", *options], stdin=subprocess.DEVNULL,
                           stdout=out, stderr=err, env=environment)
    runs.append(run)
    return run


@atexit.register
def end_all():
    for run in runs:
        if run.poll() is None:
            run.kill()


def finish(run):
    open("go", "w").close()
    check(run.wait(kPatience) == 0, "ended with %d" % run.returncode)
    os.unlink("go")


def first(flags, err_flags=None):
    """A run with `> out`, or `>> out`, and its image."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    os.chdir(directory)
    with open("out", flags) as out, open("err", err_flags or flags) as err:
        run = start(out, err, "-d", directory)
    wait_for("err", b"begun")
    result = subprocess.run([ckpt, "now", str(run.pid)], capture_output=True,
                            timeout=kPatience, check=True, text=True)
    run.kill()
    run.wait()
    return result.stdout.strip()


def appended():
    for flags in ("ab", "r+b"):
        image = first("ab")
        for again in range(3):
            with open("out", "ab") as out:
                out.write(b"of the life that was killed\n" * (again + 1))
            with open("out", flags) as out, open("err", flags) as err:
                finish(start(out, err, "-r", image))
            check(get("out") == kThen + kMore, "not each line once")
            check(get("err") == b"begun\nended\n", "standard error")


def both_in_one_file():
    """> out 2>&1, and what -v says is there as well."""
    image = first("wb")
    with open("out", "r+b") as out:
        finish(start(out, out, "-r", image, "-v"))
    told, rest = get("out")[len(kThen):].split(b"\n", 1)
    check(get("out").startswith(kThen), "the lines before")
    check(told.startswith(b"ckpt: restarted from"), "the line between")
    check(rest == kMore + b"ended\n", "the lines behind")


def emptied():
    image = first("wb")
    with open("out", "wb") as out, open("err", "wb") as err:
        finish(start(out, err, "-r", image))
    check(get("out") == kMore, "not at the end of the emptied file")
    lines = get("err").decode().splitlines()
    for name, line in zip(("out", "err"), lines):
        check(line == "ckpt: %s/%s has been emptied since the checkpoint; "
              "output goes on at its end" % (os.getcwd(), name), lines)
    check(lines[2:] == ["ended"], lines)


def another():
    image = first("wb")
    with open("other", "wb") as out, open("err2", "wb") as err:
        out.write(b"header\n")
        out.flush()
        finish(start(out, err, "-r", image))
    check(get("other") == b"header\n" + kMore, "the new one")
    check(get("out") == kThen and get("err2") == b"ended\n", "the old one")
    run = start(subprocess.PIPE, subprocess.DEVNULL, "-r", image)
    open("go", "w").close()
    check(run.communicate(timeout=kPatience)[0] == kMore, "the pipe")
    os.unlink("go")
    check(get("out") == kThen, "the old one")


def changed():
    """By somebody else, below where the program was."""
    image = first("wb")
    with open("out", "r+b") as out:
        out.write(b"other")
        out.flush()
        with open("err", "r+b") as err:
            run = start(out, err, "-r", image)
            check(run.wait(kPatience) == 125, "not refused")
    check(b"out has been changed below offset 11000" in get("err"), get("err"))


signal.alarm(100)
appended()
both_in_one_file()
emptied()
another()
changed()
