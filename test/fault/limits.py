# Intent: a limit on file size, descriptors, memory or signals makes a checkpoint
# fail with one line, and never the program; the signal of the file size limit is
# not the program's.
# RUN: %fault %s %t
"""Resource limits."""

import os
import resource

import harness as h


def limited(*limits):
    def set_limits():
        for which, value in limits:
            resource.setrlimit(which, (value, value))
    return set_limits


def start(*limits, options=(), words=()):
    return h.Program(words, ["-t", "0.01", "-d", "images", "-v", *options],
                     preexec_fn=limited(*limits))


def fails(pattern, *limits, words=()):
    run = start(*limits, words=words)
    run.wait_for(pattern, count=3)
    run.finish()
    run.check(len(run.lines(pattern)) == len(run.lines()), "another line")
    run.check(os.listdir("images") == [], "something is left")


def file_size():
    for size in 4096, 100000, 700000:
        fails(r"checkpoint failed: .*: file too large \(errno 27\)$",
              (resource.RLIMIT_FSIZE, size))


def descriptors():
    # 0, 1, 2 and the file: not one is left for the program, and a checkpoint
    # does not need one of them.
    run = start((resource.RLIMIT_NOFILE, 4), words=["file"])
    run.wait_for("checkpoint .*KiB")
    run.finish()
    for name in os.listdir("images"):
        os.unlink(os.path.join("images", name))
    # What a restart needs of them for a moment it says.
    image = h.take_image("images", ["file"])
    run = h.restart(image, ["file"],
                    preexec_fn=limited((resource.RLIMIT_NOFILE, 5)))
    run.refuse(r"restart refused: .*too many open files \(errno 24\)$")
    h.check_restarts(image, ["file"])
    os.unlink(image)


def memory():
    """Every limit, from far too little for the checkpoint's tables to enough:
    what runs without the runtime's options runs with them."""
    outcomes = set()
    for megabytes in [20, 40, 60, *range(100, 800, 50)]:
        limit = resource.RLIMIT_AS, megabytes << 20
        plain = h.Program([], preexec_fn=limited(limit))
        plain.process.stdin.close()
        if plain.wait() != h.kRight:
            continue
        run = start(limit)
        run.wait_until(lambda: len(run.lines("checkpoint ")) >= 3,
                       "checkpoints")
        run.finish()
        for line in run.lines():
            failed = h.re.search(
                r"checkpoint failed: no memory for .*\(errno 12\)$", line)
            run.check(failed or "KiB" in line, "another line: " + line)
            outcomes.add(bool(failed))
        for image in h.images("images"):
            h.check_good(image)
    h.check(outcomes == {True, False}, "not both outcomes")
    for image in h.images("images"):
        os.unlink(image)


def signals():
    # A real-time signal needs a place in the queue, -s USR1 does not.
    none = resource.RLIMIT_SIGPENDING, 0
    fails(r"checkpoint put off: too many signals are pending "
          r"\(RLIMIT_SIGPENDING\)$", none)
    run = start(none, options=["-s", "USR1"])
    run.wait_for("KiB", count=3)
    run.finish()
    h.check_good(*h.images("images"))
    h.check_restarts(h.images("images")[-1])


def test():
    h.write("file", b"first second")
    os.mkdir("images")
    file_size()
    descriptors()
    memory()
    signals()


h.main(test)
