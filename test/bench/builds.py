"""Compiles the benchmark programs, plain and with ckpt, from the same source
and with the same flags."""

import pathlib
import subprocess

import measure

HERE = pathlib.Path(__file__).resolve().parent

FLAGS = ["-O2", "-pthread"]
MICRO = ["micro_main.cpp", "micro_locks.cpp", "micro_sync.cpp",
         "micro_calls.cpp"]


class Compilers:
    """Plain clang, and the wrapper of a build directory."""

    def __init__(self, ckpt_build):
        self.build = pathlib.Path(ckpt_build).resolve()
        self.c = {"plain": "clang-19", "ckpt": self.build / "bin" / "ckpt-cc"}
        self.cxx = {"plain": "clang++-19",
                    "ckpt": self.build / "bin" / "ckpt-c++"}
        self.tool = self.build / "bin" / "ckpt"


def compile_one(command):
    done = subprocess.run([str(c) for c in command], capture_output=True,
                          text=True, env=measure.clean_environment())
    if done.returncode != 0:
        raise measure.Failed(done.stderr[-2000:])


class Programs:
    """Compiled when they are first asked for; in `work`."""

    def __init__(self, compilers, work):
        self.compilers = compilers
        self.work = pathlib.Path(work)
        self.done = {}

    def c(self, name, variant, *flags):
        """A program of one C file."""
        key = "-".join([name, variant, *flags]).replace("/", "_")
        if key not in self.done:
            self.work.mkdir(parents=True, exist_ok=True)
            program = self.work / key
            compile_one([self.compilers.c[variant], *FLAGS,
                         HERE / (name + ".c"), "-o", program, *flags, "-lm"])
            self.done[key] = program
        return self.done[key]

    def micro(self, variant):
        """The program with all micro benchmarks."""
        key = "micro-" + variant
        if key not in self.done:
            self.work.mkdir(parents=True, exist_ok=True)
            program = self.work / key
            compile_one([self.compilers.cxx[variant], "-std=c++20", *FLAGS,
                         *(HERE / name for name in MICRO), "-o", program,
                         "-lbenchmark"])
            self.done[key] = program
        return self.done[key]
