#!/usr/bin/env python3
# run.py - takes stress through many restores and compares its result.
#
#   run.py --ckpt TOOL --dir DIR [--restores N] [--ids MODE] [--user nobody]
#          [--seed N] PROGRAM
#
# Checkpoints come at a random interval, kills at random moments; a program that
# has come to its end between two kills is begun anew with another seed, so that
# the number of restores is reached whatever the machine's pace. Every end must
# print the sum of an uninterrupted run.
"""The driver of the stress test."""

import argparse
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "e2e"))
import generations  # noqa: E402


def final_sum(program):
    found = re.search(r"^sum ([0-9a-f]{16})$", program.out, re.MULTILINE)
    program.check(found, "no sum at the end")
    return found.group(1)


def end(program, restores):
    code = program.wait()
    program.check(code == 0, "ended with %d" % code)
    generations.reap_all()
    program.check_streams()
    program.check("OK %d\n" % restores in program.out,
                  "no OK of generation %d" % restores)
    return final_sum(program)


class Stress:
    """One seed: one uninterrupted run, one that is killed again and again."""

    def __init__(self, setup, rounds, seed, ids, rng):
        self.setup, self.rng, self.ids = setup, rng, ids
        # A thread that is locking a recursive mutex cannot be given a new id.
        kind = "plain" if ids == "new" else "recursive"
        self.arguments = [str(rounds), str(seed), kind]
        self.expected = end(setup.start(["-v"], self.arguments), 0)

    def start(self, *options):
        interval = self.rng.uniform(0.05, 0.2)
        return self.setup.start(
            [*options, "-d", self.setup.images, "-v", "-t", "%.3f" % interval],
            self.arguments)

    def restores(self, limit):
        """At most `limit` kills and restores, then the end; their number."""
        done = 0
        program = self.start()
        program.wait_ready()
        while done < limit:
            enough = 2 if done == 0 else 1
            if not self.await_image(program, enough):
                break
            # Any moment: also one of the next checkpoint.
            time.sleep(self.rng.uniform(0, 0.1))
            if program.process.poll() is not None:
                break
            inner = self.rng.random() < 0.5
            victim = program.restored() if inner else program.pid
            try:
                os.kill(victim, 9)
            except ProcessLookupError:
                break
            if program.wait() != -9:
                break  # it had ended before
            program.check(generations.reap_all(), "a process does not end")
            program.check_streams()
            program = self.start("-r", "auto", "--ids", self.ids)
            program.wait_restarted()
            done += 1
        result = end(program, done)
        program.check(result == self.expected,
                      "sum %s, not %s" % (result, self.expected))
        return done

    def await_image(self, program, count):
        """False if the program ends before it has taken `count` images."""
        wanted = program.checkpoints() + count
        while program.checkpoints() < wanted:
            if program.process.poll() is not None:
                return False
            time.sleep(0.002)
        return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--ckpt", required=True)
    parser.add_argument("--restores", type=int, default=12)
    parser.add_argument("--ids", default="same")
    parser.add_argument("--user", choices=["nobody"])
    parser.add_argument("--rounds", type=int, default=20000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("program")
    options = parser.parse_args()
    seed = options.seed
    if seed is None:
        seed = random.randrange(1 << 32)
    print("seed %d" % seed, flush=True)
    rng = random.Random(seed)
    begin = time.monotonic()
    done = runs = 0
    while done < options.restores:
        setup = generations.Setup(options.dir, options.ckpt, [options.program],
                                  options.user)
        setup.note = "seed %d, --ids %s, %s, %d restores before" % (
            seed, options.ids, options.user or "root", done)
        stress = Stress(setup, options.rounds, rng.randrange(1 << 32),
                        options.ids, rng)
        done += stress.restores(options.restores - done)
        runs += 1
    print("good: %d restores in %d runs, --ids %s, %s (%.1f s)" %
          (done, runs, options.ids, options.user or "root",
           time.monotonic() - begin))


if __name__ == "__main__":
    main()
