# Intent: a thread that blocks every signal by a system call of its own makes a
# checkpoint be put off with one line that names it; the program goes on, and
# checkpoints succeed when the thread can be reached again.
# RUN: %fault %s %t
"""A thread that the stop signal does not reach."""

import os

import harness as h


def tell(run, word):
    run.process.stdin.write(word)
    run.process.stdin.flush()
    run.wait_until(lambda: run.out.endswith(word.decode() + "\n"), "its echo")


def test():
    blocker = h.compile_worker(os.path.abspath("blocker"), source="blocker.c")
    os.mkdir("images")
    run = h.Program([], ["-t", "0.05", "-d", "images"], program=blocker)
    run.wait_started()
    tid = run.out.split()[1]
    tell(run, b"b")
    pattern = "checkpoint put off: thread %s \\(blocker\\) blocks the stop signal$" % tid
    run.wait_for(pattern)
    before = len(h.images("images", "blocker"))
    tell(run, b"u")
    run.wait_until(lambda: len(h.images("images", "blocker")) > before,
                   "a checkpoint")
    run.finish()
    run.check(len(run.lines()) == 1, "not one line")
    h.check_good(*h.images("images", "blocker"))


h.main(test)
