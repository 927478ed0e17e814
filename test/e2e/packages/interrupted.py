"""One program: a run that nobody disturbs, then runs that are killed and
restarted. Kills come at random moments, but only when there is a checkpoint
that was not there at the last one, so that every run gets further."""

import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

KILLS = 3
INTERVAL_S = 0.15
TIMEOUT_S = 120


class Failed(Exception):
    pass


def as_user(user):
    """Arguments of subprocess for a program that runs as somebody else."""
    if user is None:
        return {}
    return {"user": user, "group": user, "extra_groups": []}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Run:
    """A started program in `directory`; its messages are in stderr.txt."""

    def __init__(self, program, directory, options, user):
        # A plain `>` would truncate what the killed run has written.
        name = program.output if program.output != "stdout" else "output"
        self.output = directory / name
        flags = os.O_RDWR | os.O_CREAT
        stdout = os.open(directory / "output" if program.output == "stdout"
                         else os.devnull, flags, 0o644)
        if program.output == "stdout" and user is not None:
            os.fchown(stdout, user, user)
        with open(directory / "stderr.txt", "ab") as stderr:
            self.process = subprocess.Popen(
                ["./" + program.name, *program.arguments.split(), *options],
                cwd=directory, stdin=subprocess.DEVNULL, stdout=stdout,
                stderr=stderr, **as_user(user))
        os.close(stdout)

    def wait(self):
        try:
            code = self.process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise Failed(f"pid {self.process.pid} hangs") from None
        if code != 0:
            raise Failed(f"ended with {code}")

    def kill(self):
        """False if the program has ended by itself."""
        self.process.kill()
        return self.process.wait() == -signal.SIGKILL


class Reference:
    """The run that nobody disturbs."""

    def __init__(self, program, binary, directory):
        self.program = program
        self.binary = binary
        self.directory = directory

    def run(self):
        shutil.copy(self.binary, self.directory / self.program.name)
        self.program.make_input(self.directory / self.program.input)
        start = time.monotonic()
        run = Run(self.program, self.directory, [], None)
        run.wait()
        self.seconds = time.monotonic() - start
        self.sum = sha256(run.output)
        run.output.unlink()


class Case:
    def __init__(self, reference, user, ids, random):
        self.reference = reference
        self.program = reference.program
        self.user = user
        self.ids = ids
        self.random = random
        who = "root" if user is None else "nobody"
        self.directory = reference.directory / f"{who}-{ids}"

    def run(self):
        self._set_up()
        for _ in range(KILLS):
            self._run_and_kill()
        run = self._start()
        run.wait()
        restarts = self._messages().count("ckpt: restarted from ")
        if restarts != KILLS:
            raise Failed(f"{restarts} restarts after {KILLS} kills")
        if sha256(run.output) != self.reference.sum:
            raise Failed("the output differs")
        shutil.rmtree(self.directory)

    def _set_up(self):
        self.directory.mkdir()
        for name in (self.program.name, self.program.input):
            shutil.copy(self.reference.directory / name, self.directory / name)
        if self.user is not None:
            for path in (self.directory, *self.directory.iterdir()):
                os.chown(path, self.user, self.user)

    def _start(self):
        return Run(self.program, self.directory,
                   ["--", "-t", str(INTERVAL_S), "-r", "auto", "-v",
                    "--ids", self.ids], self.user)

    def _run_and_kill(self):
        before = self._newest()
        run = self._start()
        deadline = time.monotonic() + TIMEOUT_S
        while self._newest() == before:
            if run.process.poll() is not None:
                raise Failed(f"ended with {run.process.returncode} before the "
                             f"checkpoint after number {before}")
            if time.monotonic() > deadline:
                raise Failed(f"pid {run.process.pid}: no checkpoint after "
                             f"number {before}")
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, self.reference.seconds / 6))
        if not run.kill():
            raise Failed("ended before it could be killed: the input is too "
                         "small")

    def _newest(self):
        """Number of the newest checkpoint; files get this name when they are
        durable."""
        numbers = [int(m[1]) for name in os.listdir(self.directory)
                   if (m := re.fullmatch(r".*\.chkpt\.(\d+)", name))
                   and not name.startswith(".")]
        return max(numbers, default=0)

    def _messages(self):
        return pathlib.Path(self.directory / "stderr.txt").read_text(
            errors="replace")
