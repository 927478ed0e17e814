#!/usr/bin/env python3
# generations.py - runs a program through kills and restarts.
#
#   generations.py --dir DIR --ckpt TOOL [options] PROGRAM [ARGUMENT...]
#
# A generation: start (or restart), wait until the program has said "ready", let
# a new checkpoint become durable, kill -9 at a random moment, reap. After the
# last restart the program is given its token (the file named by BEHAVE_GO) and
# must end: its status, its "OK <generation>", and what is on its standard
# streams are looked at. test/e2e/behave.h is the program's side.
#
# Nothing is decided by a sleep, and nothing waits for ever: what is not as it
# must be within kPatience is an error that shows everything known about it.
"""The driver of the end-to-end and stress tests."""

import argparse
import atexit
import ctypes
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

kPatience = 45.0  # seconds; far above what anything here takes
kNobody = 65534
kChildSubreaper = 36  # prctl

kCheckpoint = r"ckpt: checkpoint \S+: \d+ KiB, "
kRestarted = r"ckpt: restarted from \S+ in [\d.]+ s, pid \d+"


def adopt_orphans():
    """What a killed guardian leaves behind becomes a child of this process, and
    ends with it however it ends."""
    ctypes.CDLL(None).prctl(kChildSubreaper, 1, 0, 0, 0)
    atexit.unregister(kill_descendants)
    atexit.register(kill_descendants)


def kill_descendants():
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def parents():
    """Of every process: {pid: parent}."""
    found = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="latin-1") as file:
                stat = file.read()
        except OSError:
            continue
        found[int(stat.split(" ", 1)[0])] = int(
            stat.rsplit(")", 1)[1].split()[1])
    return found


def descendants(pid):
    """Of `pid`, nearest first."""
    of = parents()
    found, level = [], [pid]
    while level:
        level = [child for child, parent in of.items() if parent in level]
        found += level
    return found


def reap_all(patience=kPatience):
    """Waits for every child that this process has adopted, or started and not
    in `Program.running`: also a zombie keeps the ids of its process group."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        mine = [pid for pid, parent in parents().items()
                if parent == os.getpid() and pid not in Program.running]
        if not mine:
            return True
        for pid in mine:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
        time.sleep(0.002)
    return False


def is_guardian(pid):
    """It blocks all signals and waits for one (rt_sigtimedwait), which unblocks
    them as long as it waits."""
    try:
        syscall = read("/proc/%d/syscall" % pid).split()[0]
        blocked = re.search(r"^SigBlk:\s(\w+)", read("/proc/%d/status" % pid),
                            re.M)
    except OSError:
        return False
    return syscall == "128" and int(blocked[1], 16) in (0, 0xfffffffffffbfeff)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Program:
    """One process that the user starts, in a session of its own."""

    running = set()  # pids of those that have not been waited for

    def __init__(self, setup, options, arguments=None, launcher=()):
        self.setup = setup
        setup.started += 1
        self.out_path = os.path.join(setup.dir, "out.%d" % setup.started)
        self.err_path = os.path.join(setup.dir, "err.%d" % setup.started)
        words = setup.command if arguments is None else [setup.command[0],
                                                         *arguments]
        self.command = [*launcher, *words]
        if options:
            self.command += ["--", *options]
        who = {}
        if setup.user == "nobody":
            who = {"user": kNobody, "group": kNobody, "extra_groups": []}
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                cwd=setup.work, env=setup.environment, start_new_session=True,
                **who)
        self.pid = self.process.pid
        Program.running.add(self.pid)

    @property
    def out(self):
        return read(self.out_path)

    @property
    def err(self):
        return read(self.err_path)

    def lines(self, pattern):
        return [line for line in self.err.splitlines()
                if re.match(pattern, line)]

    def fail(self, what):
        self.setup.fail(self, what)

    def check(self, condition, what):
        if not condition:
            self.fail(what)

    def wait_until(self, condition, what):
        """Looks until condition() holds; the program must live until then."""
        end = time.monotonic() + kPatience
        while not condition():
            if self.process.poll() is not None:
                if condition():
                    return
                self.fail("ended (%d) before: %s" %
                          (self.process.returncode, what))
            if time.monotonic() > end:
                self.fail("waited in vain for: " + what)
            time.sleep(0.002)

    def wait_ready(self):
        self.wait_until(lambda: "ready\n" in self.out, "ready")

    def wait_restarted(self):
        self.wait_until(lambda: self.lines(kRestarted), "restarted")

    def checkpoints(self):
        return len(self.lines(kCheckpoint))

    def wait_checkpoints(self, more):
        wanted = self.checkpoints() + more
        self.wait_until(lambda: self.checkpoints() >= wanted,
                        "%d more checkpoints" % more)

    def checkpoint_now(self):
        """`ckpt now`: the path of the image."""
        try:
            result = subprocess.run([self.setup.ckpt, "now", str(self.pid)],
                                    capture_output=True, text=True,
                                    check=False, timeout=kPatience)
        except subprocess.TimeoutExpired:
            self.fail("ckpt now hangs")
        self.check(result.returncode == 0,
                   "ckpt now: %s%s" % (result.stdout, result.stderr))
        return result.stdout.strip()

    def restored(self):
        """The process that the program lives in: behind its guardians, each of
        which has one child, but for orphans of the program's."""
        pid = self.pid
        while is_guardian(pid):
            below = [child for child, parent in parents().items()
                     if parent == pid]
            if not below:
                break
            pid = min(below)
        return pid

    def wait(self):
        """The exit code, -N for signal N."""
        try:
            code = self.process.wait(kPatience)
        except subprocess.TimeoutExpired:
            self.fail("hangs")
        Program.running.discard(self.pid)
        return code

    def kill(self, victim=None):
        """kill -9 of what the user has started, or of another process of it."""
        os.kill(victim or self.pid, signal.SIGKILL)
        code = self.wait()
        self.check(code == -signal.SIGKILL, "killed, but ended with %d" % code)
        self.check(reap_all(), "a process of it does not end")

    def check_streams(self, allowed=()):
        """Nothing of ours on stdout, nothing unexpected on stderr."""
        self.check("ckpt:" not in self.out, "a line of ours on stdout")
        expected = [kCheckpoint, kRestarted, *allowed]
        for line in self.err.splitlines():
            self.check(any(re.match(e, line) for e in expected),
                       "unexpected on stderr: " + line)

    def finish(self, generation, status=0):
        """Hands over the token, and looks at how it ends."""
        self.setup.hand_over()
        code = self.wait()
        self.check(code == status, "ended with %d, not %d" % (code, status))
        self.check(reap_all(), "a process of it does not end")
        self.check(("OK %d\n" % generation) in self.out,
                   "no OK of generation %d" % generation)


class Setup:
    """A directory, a program, and who runs it."""

    def __init__(self, directory, ckpt, command, user=None, environment=None):
        self.dir = os.path.abspath(directory)
        self.work = os.path.join(self.dir, "work")
        self.images = os.path.join(self.dir, "images")
        self.token = os.path.join(self.dir, "go")
        self.ckpt = ckpt
        self.command = [os.path.abspath(command[0]), *command[1:]]
        self.user = user
        self.started = 0
        self.note = ""
        shutil.rmtree(self.dir, ignore_errors=True)
        for path in (self.dir, self.work, self.images):
            os.makedirs(path)
            if user == "nobody":
                os.chown(path, kNobody, kNobody)
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith("CKPT_")}
        self.environment["BEHAVE_GO"] = self.token
        self.environment.update(environment or {})
        adopt_orphans()

    def start(self, options, arguments=None, launcher=()):
        """`launcher` are the words of a command that runs another, as nice."""
        return Program(self, options, arguments, launcher)

    def hand_over(self):
        with open(self.token, "w", encoding="ascii"):
            pass

    def image_list(self):
        """Paths of the images, oldest first."""
        name = os.path.basename(self.command[0])
        found = [os.path.join(self.images, file)
                 for file in os.listdir(self.images)
                 if re.fullmatch(re.escape(name) + r"\.chkpt\.\d+", file)]
        return sorted(found, key=lambda path: int(path.rsplit(".", 1)[1]))

    def fail(self, program, what):
        """Shows all that is known, ends all that runs, ends this process."""
        print("FAILED: %s\n  %s\n  command: %s" %
              (what, self.note, " ".join(program.command)))
        for path in (program.out_path, program.err_path):
            print("--- %s\n%s" % (path, read(path)[-4000:]))
        if program.process.poll() is None:
            for pid in [program.pid, *descendants(program.pid)]:
                show_process(pid)
            for image in self.image_list()[-1:]:
                subprocess.run([self.ckpt, "info", image], stderr=subprocess.
                               STDOUT, timeout=kPatience, check=False)
        sys.stdout.flush()
        kill_descendants()
        Program.running.clear()
        reap_all(5)
        sys.exit(1)


def show_process(pid):
    for task in sorted(glob.glob("/proc/%d/task/*" % pid)):
        print("--- " + task)
        for name in ("comm", "stat", "syscall", "wchan"):
            try:
                print("%s: %s" % (name, read(os.path.join(task, name)).strip()))
            except OSError as error:
                print("%s: %s" % (name, error))
    sys.stdout.flush()


def scenario(**more):
    """The Setup of a test that is a program itself: `test DIR CKPT PROGRAM`."""
    return Setup(sys.argv[1], sys.argv[2], sys.argv[3:], **more)


def run(setup, generations, ids, interval, rng, victims="any", allowed=(),
        options=()):
    """`generations` kills and restarts; the program that has ended. Without an
    interval the checkpoints are asked for."""
    common = ["-d", setup.images, "-v", *options]
    if interval:
        common += ["-t", str(interval)]
    program = setup.start(common)
    program.wait_ready()
    for generation in range(1, generations + 1):
        if interval:
            # The first one may have been under way before.
            program.wait_checkpoints(2 if generation == 1 else 1)
            time.sleep(rng.uniform(0, 1.5 * interval))
        else:
            program.checkpoint_now()
        inner = victims == "any" and rng.random() < 0.5
        program.kill(program.restored() if inner else None)
        program.check_streams(allowed)
        images = setup.image_list()
        image = "auto" if rng.random() < 0.5 else images[-1]
        program = setup.start(["-r", image, *common, "--ids", ids])
        program.wait_restarted()
    program.finish(generations)
    program.check_streams(allowed)
    left = [f for f in os.listdir(setup.images) if f.endswith(".tmp")]
    program.check(len(left) <= generations, "temporary files: %s" % left)
    return program


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--ckpt", required=True)
    parser.add_argument("--ids", default="same")
    parser.add_argument("--user", choices=["nobody"])
    parser.add_argument("--generations", type=int, default=3)
    parser.add_argument("--interval", type=float, default=0.04)
    parser.add_argument("--now", action="store_true")
    parser.add_argument("--allow", action="append", default=[],
                        metavar="REGEX", help="on stderr")
    parser.add_argument("--fault", metavar="TEXT", help="as CKPT_FAULT")
    parser.add_argument("--option", action="append", default=[],
                        metavar="WORD", help="of the program, behind --")
    parser.add_argument("--seed", type=int)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    seed = options.seed
    if seed is None:
        seed = random.randrange(1 << 32)
    begin = time.monotonic()
    environment = {"CKPT_FAULT": options.fault} if options.fault else {}
    setup = Setup(options.dir, options.ckpt, options.program, options.user,
                  environment)
    setup.note = "seed %d, --ids %s, %s" % (seed, options.ids,
                                            options.user or "root")
    run(setup, options.generations, options.ids,
        0 if options.now else options.interval, random.Random(seed),
        allowed=options.allow, options=options.option)
    print("good: %d restarts, %s (%.1f s)" %
          (options.generations, setup.note, time.monotonic() - begin))


if __name__ == "__main__":
    main()
