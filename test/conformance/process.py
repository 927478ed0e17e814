"""One start of a program, and what became of it. A worker process runs one
program at a time and adopts its orphans, so that nothing outlives a run."""

import ctypes
import glob
import os
import pathlib
import re
import select
import signal
import subprocess
import time

NOBODY = 65534
CHILD_SUBREAPER = 36  # prctl
CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
MS_REC_PRIVATE = 0x4000 | 0x40000
CAPBSET_DROP = 24  # prctl
# A test must not set the clock, starve others as a real-time thread, raise limits
# or stop the machine: boot, nice, resource, time.
UNNEEDED_CAPABILITIES = (22, 23, 24, 25)

OUTSIDE = os.open("/", os.O_PATH | os.O_DIRECTORY)


def outside(path):
    """A path of the machine for a process that is isolated."""
    return f"/proc/self/fd/{OUTSIDE}{path}"


def isolate():
    """This process and its children get a /tmp, and shared memory and message
    queues, of their own: many tests use fixed names. Only root can."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.geteuid() != 0 or libc.unshare(CLONE_NEWNS | CLONE_NEWIPC) != 0:
        return
    libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None)
    for capability in UNNEEDED_CAPABILITIES:
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    for place in (b"/tmp", b"/dev/shm"):
        if libc.mount(b"tmpfs", place, b"tmpfs", 0, b"mode=1777") != 0:
            raise OSError(ctypes.get_errno(), "mount")


def forget_queues():
    """What the last program has left of message queues and the like, which count
    against a limit of the user's, goes."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).unshare(CLONE_NEWIPC)


def children(pid):
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            found += map(int, pathlib.Path(path).read_text().split())
        except OSError:
            pass
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def state(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text()[:80]
    except OSError:
        return "gone"


def clear(patience=60):
    """Ends and reaps all that is below this process."""
    end = time.monotonic() + patience
    while True:
        for pid in descendants(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        except ChildProcessError:
            return
        if time.monotonic() > end:
            raise RuntimeError("these do not end: " + "; ".join(
                f"{pid} {state(pid)}" for pid in descendants(os.getpid())))
        time.sleep(0.001)


class Start:
    """A started program in `directory`. stdout goes on where an earlier start's
    has ended: into the same file."""

    def __init__(self, program, binary, directory, options="", user=None):
        self.directory = directory
        self.program = program
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith("CKPT_")}
        environment.update(TMPDIR="/tmp", LC_ALL="C",
                           BEHAVE_GO=str(directory / "go"))
        if options:
            environment["CKPT_OPTIONS"] = options
        who = {}
        if user is not None:
            who = {"user": user, "group": user, "extra_groups": []}
        self.stderr_path = directory / "stderr"
        out = os.open(directory / "stdout", os.O_RDWR | os.O_CREAT, 0o666)
        err = os.open(self.stderr_path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        if user is not None:
            os.fchown(out, user, user)
            os.fchown(err, user, user)
        self.begin = time.monotonic()
        process = subprocess.Popen(
            [binary, *program.arguments], cwd=directory / "work",
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
            start_new_session=True, **who)
        os.close(out)
        os.close(err)
        self.pid = process.pid
        process.returncode = 0  # it is waited for here
        self.fd = os.pidfd_open(self.pid)
        self.code = None
        self.asked_to_stop = False

    def age(self):
        return time.monotonic() - self.begin

    def poll(self, seconds):
        """Waits so long for the end; whether it has come. Does on the way what
        the program is waiting for."""
        age = self.age()
        if self.program.stop_after and not self.asked_to_stop:
            if age > self.program.stop_after:
                signal.pidfd_send_signal(self.fd, signal.SIGUSR1)
                self.asked_to_stop = True
            else:
                seconds = min(seconds, 0.05)
        if self.code is None and select.select([self.fd], [], [], seconds)[0]:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
            os.close(self.fd)
        return self.code is not None

    def wait(self, seconds):
        """The exit code, -N for signal N; None after so many seconds."""
        end = time.monotonic() + seconds
        while not self.poll(max(0, end - time.monotonic())):
            if time.monotonic() > end:
                return None
        clear()
        return self.code

    def pause(self, seconds):
        """Stands still for so long."""
        if self.code is None:
            signal.pidfd_send_signal(self.fd, signal.SIGSTOP)
            time.sleep(seconds)
            signal.pidfd_send_signal(self.fd, signal.SIGCONT)

    def kill(self, victim=None):
        """False if it had ended by itself."""
        others = descendants(self.pid)
        for pid in [victim or self.pid, *others]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.wait(20)
        return self.code == -signal.SIGKILL

    def stderr(self):
        return self.stderr_path.read_text(errors="replace")


def describe(pid):
    """What a program that hangs is doing."""
    text = ""
    for process in [pid, *descendants(pid)]:
        for task in sorted(glob.glob(f"/proc/{process}/task/*")):
            text += task
            for name in ("comm", "syscall", "wchan", "status"):
                try:
                    value = pathlib.Path(task, name).read_text()
                except OSError as error:
                    value = str(error)
                if name == "status":
                    value = " ".join(line for line in value.splitlines() if
                                     re.match("State|Sig|Shd|NSpid", line))
                text += f" {name}: {value.strip()}"
            text += "\n"
        text += subprocess.run(
            ["gdb", "-p", str(process), "-batch", "-nx", "-ex",
             "thread apply all bt 12"], stdin=subprocess.DEVNULL,
            capture_output=True, timeout=60).stdout.decode(errors="replace")
    return text
