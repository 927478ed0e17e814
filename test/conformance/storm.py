"""The experiments: a program alone, under a storm of checkpoints, and killed and
restarted. What happens to a program in one of them is an Outcome."""

import collections
import dataclasses
import os
import pathlib
import random
import re
import shutil
import tempfile
import time

import limits
import process

CHECKPOINT = re.compile(r"ckpt: checkpoint \S+: \d+ KiB")
STOPPED = re.compile(r", stopped ([\d.]+) s,")
RESTARTED = re.compile(r"ckpt: restarted from \S+ in ([\d.]+) s, pid \d+")
NOT_TAKEN = re.compile(r"ckpt: checkpoint (put off|impossible|failed): (.*)")
REFUSED = re.compile(r"ckpt: restart (refused|failed): (.*)")
ADDRESS = re.compile(rb"0x[0-9a-f]+")
CLOCK = re.compile(rb"\d\d:\d\d:\d\d")
GENERATION = re.compile(rb"^OK \d+$", re.M)

INTERVAL_S = (0.02, 0.05)
PLAIN_LIMIT_S = 12
PAUSE_S = 0.05      # what a checkpoint or a restart takes at least
STORM_STARTS = 8    # of a program that is too short for a checkpoint
RESTART_STARTS = 5
KILLS = 3
TOKEN_AFTER_S = 0.3
TOOL_FAILED = 125


@dataclasses.dataclass(frozen=True)
class Reference:
    code: int
    output: bytes | None   # None: another one in each run
    seconds: float


@dataclasses.dataclass
class Outcome:
    name: str
    experiment: str
    failure: str = ""
    starts: int = 0
    checkpoints: int = 0
    restores: int = 0
    not_taken: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)
    impossible: str = ""   # a restart was, for this reason
    unsteady: bool = False  # fails without checkpoints too
    kept: str = ""


DIFFERENT_OUTPUT = "the output differs"


class Wrong(Exception):
    pass


class Refused(Exception):
    """A restart that what the program did after the checkpoint makes impossible."""


class Place:
    """A directory for one program. Nothing of it is left unless it is kept."""

    def __init__(self, binary, user=None):
        self.path = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
        self.path.chmod(0o755)
        self.user = user
        self.images = self.path / "images"
        self.binary = self.path / binary.name
        shutil.copy(process.outside(binary), self.binary)
        self.again()

    def again(self):
        """As at the beginning."""
        for entry in self.path.iterdir():
            if entry == self.binary:
                continue
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for entry in os.scandir("/tmp"):
            if entry.path != str(self.path) and os.geteuid() == 0:
                (shutil.rmtree if entry.is_dir(follow_symlinks=False)
                 else os.unlink)(entry.path)
        for entry in os.scandir("/dev/shm") if os.geteuid() == 0 else ():
            os.unlink(entry.path)
        for directory in (self.images, self.path / "work"):
            directory.mkdir()
            if self.user is not None:
                os.chown(directory, self.user, self.user)

    def start(self, program, options=""):
        return process.Start(program, str(self.binary), self.path, options,
                             self.user)

    def is_ready(self):
        return b"ready\n" in (self.path / "stdout").read_bytes()

    def hand_over(self, start=None):
        """The token; to a program that has been started when it is ready."""
        while start and not self.is_ready() and not start.poll(0.002):
            if start.age() > PLAIN_LIMIT_S:
                break
        (self.path / "go").touch()

    def newest(self):
        """Number of the newest image."""
        numbers = [int(n.rsplit(".", 1)[1]) for n in os.listdir(self.images)
                   if re.search(r"\.chkpt\.\d+$", n) and n[0] != "."]
        return max(numbers, default=0)

    def output(self):
        """What it has printed, without addresses and times; sorted, as the threads that
        print take turns in any order."""
        text = (self.path / "stdout").read_bytes()
        text = CLOCK.sub(b"", ADDRESS.sub(b"0x", text))
        text = GENERATION.sub(b"OK", text)
        return b"\n".join(sorted(text.split(b"\n")))

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def alone(program, binary, user=None, limit=PLAIN_LIMIT_S, pauses=()):
    """(exit code or None, output, seconds) of a run without ckpt. `pauses` are
    pairs of seconds: after so long the program is stopped, for so long."""
    place = Place(binary, user)
    try:
        start = place.start(program)
        if program.token:
            place.hand_over(start)
        begin = time.monotonic()
        for after, span in pauses:
            if start.poll(after) or start.age() > limit:
                break
            start.pause(span)
        code = start.wait(limit)
        seconds = time.monotonic() - begin
        process.clear()
        return code, place.output(), seconds
    finally:
        place.remove()


def reference(program, binary, user=None):
    """What the program does, or a text: why it is of no use here."""
    runs = [alone(program, binary, user) for _ in range(2)]
    codes = {code for code, _, _ in runs}
    if None in codes:
        return f"takes more than {PLAIN_LIMIT_S} s"
    if len(codes) > 1:
        return "ends in different ways"
    code = codes.pop()
    if code != 0 and (not program.any_status or code == 77):
        return f"ends with {code}"
    outputs = {output for _, output, _ in runs}
    return Reference(code, outputs.pop() if len(outputs) == 1 else None,
                     max(seconds for _, _, seconds in runs))


class Experiment:
    """What both experiments share: a place, a stream of random numbers, the
    comparison with the reference."""

    def __init__(self, task, user):
        self.program = task.program
        self.reference = task.reference
        self.task = task
        self.outcome = Outcome(task.program.name, task.experiment)
        self.random = random.Random(
            f"{task.seed} {task.program.name} {task.experiment}")
        self.place = Place(task.binary, user)
        self.limit = 6 * self.reference.seconds + 30
        self.longest_pause = PAUSE_S
        interval = self.random.uniform(*INTERVAL_S)
        self.short = (self.reference.seconds < 4 * INTERVAL_S[1]
                      and not self.program.token)
        if self.short:
            interval = self.reference.seconds * 2 ** self.random.uniform(-5, 0)
        self.options = f"-t {interval:.4f} -d {self.place.images} -k 2 -v"

    def run(self):
        try:
            self.body()
        except Refused as refused:
            self.outcome.impossible = str(refused)
        except Wrong as wrong:
            self.outcome.failure = str(wrong)
            self.keep()
            self.outcome.unsteady = self.fails_alone()
        finally:
            process.clear()
            self.place.remove()
        return self.outcome

    def note(self):
        """Counts what one attempt has said."""
        text = self.stderr()
        outcome = self.outcome
        outcome.checkpoints += len(CHECKPOINT.findall(text))
        self.longest_pause = max([
            self.longest_pause, *map(float, STOPPED.findall(text)),
            *(self.longest_pause + float(s) for s in RESTARTED.findall(text))])
        outcome.restores += len(RESTARTED.findall(text))
        outcome.not_taken.update(self.reason(m[1])
                                 for m in NOT_TAKEN.findall(text))
        return text

    @staticmethod
    def reason(text):
        return re.sub(r"0x[0-9a-f]+|\b\d+\b", "N", text.strip())

    def compare(self, code):
        wanted = self.reference
        if code is None:
            raise Wrong(f"hangs ({self.limit:.0f} s)")
        if code == TOOL_FAILED:
            lines = REFUSED.findall(self.stderr())
            if lines and (reason := limits.own_doing(lines[-1][1])):
                raise Refused(reason)
            raise Wrong(f"the restart was refused: {lines[-1][1]}" if lines
                        else f"ended with {code}")
        if code != wanted.code:
            raise Wrong(f"ended with {code}, not {wanted.code}")
        if wanted.output is not None and self.place.output() != wanted.output:
            raise Wrong(DIFFERENT_OUTPUT)

    def stderr(self):
        return (self.place.path / "stderr").read_text(errors="replace")

    def finish(self, start):
        code = start.wait(self.limit)
        if code is None:
            (self.place.path / "hanging").write_text(
                process.describe(start.pid))
            process.clear()
        return code

    def keep(self):
        """Copies what there is to where it can be looked at."""
        name = f"{self.program.file}.{self.outcome.experiment}"
        target = process.outside(f"{self.task.failures}/{name}")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.place.path, target, symlinks=True,
                        ignore_dangling_symlinks=True, ignore=special_files)
        self.outcome.kept = name

    def pauses(self):
        """Like those that checkpoints and restarts have been for the program."""
        raise NotImplementedError

    def pause(self):
        return self.longest_pause * self.random.uniform(0.2, 2)

    def fails_alone(self):
        """Whether the plain program has another result as well, here and now:
        by itself, or when it is only stopped and continued at such moments."""
        for pauses in [()] * 3 + [self.pauses()] * 5:
            code, output, _ = alone(self.program, self.task.plain,
                                    self.place.user, self.limit, pauses)
            if code != self.reference.code:
                return True
            if (self.outcome.failure == DIFFERENT_OUTPUT
                    and output != self.reference.output):
                return True
        return False


def special_files(directory, names):
    return [n for n in names if not os.path.isdir(os.path.join(directory, n))
            and not os.path.isfile(os.path.join(directory, n))]


class Storm(Experiment):
    """A checkpoint every 20 to 50 ms for the whole run."""

    def body(self):
        for _ in range(STORM_STARTS):
            self.place.again()
            self.outcome.starts += 1
            before = self.outcome.checkpoints
            start = self.place.start(self.program, self.options)
            if self.program.token:
                start.poll(TOKEN_AFTER_S)
                self.place.hand_over(start)
            code = self.finish(start)
            self.note()
            self.compare(code)
            if self.outcome.checkpoints > before and not self.short:
                return


    def pauses(self):
        while True:
            yield self.random.uniform(0, INTERVAL_S[1]), self.pause()


class Restarts(Experiment):
    """Killed at random moments once there is an image, and restarted."""

    def __init__(self, task, ids, user):
        super().__init__(task, user)
        # How far down from what the user starts the restored program is.
        self.depth = {"same": 1, "ns": 2, "new": 0}[ids]
        self.killed = None  # when
        self.options += f" -r auto --ids {ids}"

    def pauses(self):
        for _ in range(KILLS):
            yield (self.random.uniform(0, self.reference.seconds / KILLS),
                   self.pause())

    def body(self):
        for _ in range(RESTART_STARTS):
            self.place.again()
            before = self.outcome.restores
            try:
                self.life()
            finally:
                self.note()
            if self.outcome.restores > before:
                return

    def life(self):
        for _ in range(KILLS):
            if self.run_and_kill():
                return
        self.place.hand_over()
        start = self.start()
        self.compare(self.finish(start))

    def start(self):
        self.outcome.starts += 1
        start = self.place.start(self.program, self.options)
        if self.killed:
            # And the restart itself, and what was lost since the checkpoint.
            self.longest_pause = max(self.longest_pause, 2 * PAUSE_S
                                     + start.begin - self.killed)
            self.killed = None
        return start

    def run_and_kill(self):
        """True if the program has come to its end."""
        before = self.place.newest()
        fresh = before == 0
        start = self.start()
        if not (self.program.token and fresh
                and not self.wait(start, self.place.is_ready)):
            if self.program.token and fresh:
                # One may have been under way before it was ready.
                before = self.place.newest() + 1
            if self.wait(start, lambda: self.place.newest() > before):
                start.poll(self.random.uniform(
                    0, self.reference.seconds / KILLS))
        if start.code is None:
            killed = time.monotonic()
            start.kill(start.pid if fresh else self.victim(start))
            if start.code is None:
                raise Wrong("does not end by SIGKILL:\n"
                            + process.describe(start.pid))
            if start.code == -9:
                self.killed = killed
                return False
        process.clear()
        self.compare(start.code)
        return True

    def wait(self, start, condition):
        """False if the program has ended before."""
        end = time.monotonic() + self.limit
        while not condition():
            if start.poll(0.0005):
                return False
            if time.monotonic() > end:
                self.compare(self.finish(start))
        return True

    def victim(self, start):
        """What the user has started, or the program behind it."""
        pid = start.pid
        for _ in range(self.random.randint(0, self.depth)):
            below = process.children(pid)
            if below:
                pid = below[0]
        return pid
