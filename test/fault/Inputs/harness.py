# harness.py - starts, watches and restarts the program of a fault test.
#
# Nothing here waits without an end: whatever is not as a test wants it within
# kPatience is an error that shows what the program has said. Everything a
# test starts is ended with it.
"""What the fault tests share."""

import atexit
import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

kPatience = 40.0  # seconds; far above what anything here takes
kToolFailed = 125
kRight = 7  # how the worker ends

bin_dir = os.environ["CKPT_BIN"]
worker = os.environ["CKPT_FAULT_WORKER"]
patch_tool = os.environ["CKPT_FAULT_PATCH"]
ckpt_cc = os.path.join(bin_dir, "ckpt-cc")
ckpt = os.path.join(bin_dir, "ckpt")


def fail(text):
    raise SystemExit("FAILED: " + text)


def check(condition, text):
    if not condition:
        fail(text)


def fresh_directory(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    os.chdir(path)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def text(path):
    return read(path).decode(errors="replace")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def checksum(path):
    return hashlib.sha256(read(path)).hexdigest()


def compile_worker(output, *flags, source="worker.c"):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), source)
    subprocess.run([ckpt_cc, "-O1", "-pthread", *flags, source, "-o", output],
                   check=True, timeout=kPatience)
    return output


# The process that a killed guardian looked after must be gone before its ids are
# asked for again; process 1 of a container does not always see to that.
kSetChildSubreaper = 36
ctypes.CDLL(None).prctl(kSetChildSubreaper, 1, 0, 0, 0)


def reap_orphans():
    own = {p.pid for p in Program.all if p.process.returncode is None}
    path = "/proc/self/task/%d/children" % os.getpid()
    for child in map(int, text(path).split()):
        if child not in own:
            os.waitpid(child, 0)


class Program:
    """A program under test: standard input is held open, and what it says is
    in files."""

    count = 0
    all = []

    def __init__(self, words, options=(), fault=None, program=None, env=None,
                 **popen):
        Program.count += 1
        Program.all.append(self)
        self.out_path = os.path.abspath("out.%d" % Program.count)
        self.err_path = os.path.abspath("err.%d" % Program.count)
        self.command = [program or worker, *words]
        if options:
            self.command += ["--", *options]
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith("CKPT_")}
        if fault is not None:
            environment["CKPT_FAULT"] = fault
        environment.update(env or {})
        self.fault = fault
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=out, stderr=err,
                env=environment, **popen)

    @property
    def pid(self):
        return self.process.pid

    @property
    def out(self):
        return text(self.out_path)

    @property
    def err(self):
        return text(self.err_path)

    def lines(self, pattern=""):
        return [line for line in self.err.splitlines()
                if re.search(pattern, line)]

    def fail(self, what):
        lines = self.err.splitlines()
        if len(lines) > 20:
            lines[10:-10] = ["..."]
        fail("%s\n  command: %s\n  CKPT_FAULT=%s\n  status: %s\n"
             "  stdout: %r\n  stderr:\n%s" %
             (what, " ".join(self.command), self.fault, self.process.poll(),
              self.out, "\n".join(lines)))

    def check(self, condition, what):
        if not condition:
            self.fail(what)

    def wait_until(self, condition, what, patience=kPatience):
        """Looks until condition() holds. The program must be alive."""
        end = time.monotonic() + patience
        while not condition():
            if self.process.poll() is not None:
                if condition():
                    return
                self.fail("ended before: " + what)
            if time.monotonic() > end:
                self.fail("waited in vain for: " + what)
            time.sleep(0.002)

    def wait_for(self, pattern, count=1, **more):
        self.wait_until(lambda: len(self.lines(pattern)) >= count,
                        "%d x %r" % (count, pattern), **more)

    def wait_started(self):
        self.wait_until(lambda: "started" in self.out, "started")

    def wait(self):
        """The exit code, -N for signal N."""
        try:
            return self.process.wait(kPatience)
        except subprocess.TimeoutExpired:
            self.fail("hangs")

    def finish(self):
        """Lets it end, and looks at how it does."""
        self.process.stdin.close()
        code = self.wait()
        self.check(code == kRight and self.out.endswith("right\n"),
                   "it did not end right")

    def kill(self):
        self.process.kill()
        self.wait()
        reap_orphans()

    def refuse(self, pattern, code=kToolFailed):
        """It must end by itself: one line, like `pattern`, and exit 125."""
        got = self.wait()
        lines = self.err.splitlines()
        self.check(got == code, "exit code %d, wanted %d" % (got, code))
        self.check(len(lines) == 1, "not one line")
        self.check(re.search(pattern, lines[0]), "no %r" % pattern)
        self.check(self.out == "", "it ran")


@atexit.register
def _end_all():
    for program in Program.all:
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait()


def number(path):
    return int(path.rsplit(".", 1)[1])


def images(directory, name="worker"):
    """Paths of the images, oldest first."""
    found = [os.path.join(directory, f) for f in os.listdir(directory)
             if re.fullmatch(re.escape(name) + r"\.chkpt\.\d+", f)]
    return sorted(found, key=number)


def temporaries(directory):
    return [f for f in os.listdir(directory) if f.endswith(".tmp")]


def verify(*paths):
    """`ckpt verify`: exit code and its lines."""
    result = subprocess.run([ckpt, "verify", *paths], capture_output=True,
                            timeout=kPatience, text=True)
    return result.returncode, (result.stdout + result.stderr).splitlines()


def check_good(*paths):
    code, lines = verify(*paths)
    check(code == 0, "ckpt verify: " + "\n".join(lines))


def take_image(directory, words=(), name="worker", options=(), **more):
    """Runs the program until it has checkpointed, and kills it. The image."""
    os.makedirs(directory, exist_ok=True)
    before = set(images(directory, name))
    run = Program(words, ["-t", "0.01", "-d", directory, "-v", "-k", "1",
                          *options], **more)
    run.wait_for("checkpoint .*KiB", count=2)
    run.kill()
    new = [i for i in images(directory, name) if i not in before]
    # What the kill interrupted is no part of the test.
    for extra in new[1:]:
        os.unlink(extra)
    for left in temporaries(directory):
        os.unlink(os.path.join(directory, left))
    return new[0]


def restart(image, words=(), options=(), **more):
    """`-r image`, "auto" with -d in options."""
    return Program(words, ["-r", image, *options], **more)


def check_restarts(image, words=(), options=(), **more):
    """The image goes on to the right end, and only says what -v says."""
    before = None if image == "auto" else checksum(image)
    run = restart(image, words, ["-t", "0", *options, "-v"], **more)
    run.wait_for("restarted from")
    run.finish()
    run.check("started" not in run.out, "it began anew")
    if before is not None:
        run.check(checksum(image) == before, "the image has changed")
    return run


def main(test):
    """Runs test(directory); prints what it returns."""
    directory = fresh_directory(sys.argv[1])
    begin = time.monotonic()
    result = test()
    print("%s (%.1f s in %s)" % (result or "good", time.monotonic() - begin,
                                 directory))
