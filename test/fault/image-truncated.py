# Intent: an image cut at any boundary between its sections, one byte beside it,
# or anywhere else is refused with one line that says what is damaged; -r auto
# passes over it with one line and takes the older one; `ckpt verify` agrees.
# RUN: %fault %s %t
"""Truncated images."""

import os
import random

import harness as h
import image_layout

kSeed = 20


def cuts(data):
    sections = image_layout.sections(data)
    at = {n for s in sections for n in (s.start - 1, s.start, s.start + 1)}
    at |= {len(data) - 1}
    at |= set(random.Random(kSeed).sample(range(len(data)), 40))
    return sorted(n for n in at if 0 <= n < len(data))


def expected(size):
    if size == 0:
        return "empty|truncated"
    return r"damaged: truncated: %d( of \d+)? bytes" % size


def check_verify(data, sizes):
    names = []
    for size in sizes:
        names.append("cut.%d" % size)
        h.write(names[-1], data[:size])
    code, lines = h.verify(*names)
    h.check(code == 1 and len(lines) == len(names), "ckpt verify: %d" % code)
    for size, name, line in zip(sizes, names, lines):
        good = h.re.fullmatch(name + ": (" + expected(size) + ")", line)
        h.check(good or size == 0, "ckpt verify: " + line)
        os.unlink(name)


def test():
    image = h.take_image("images")
    data = h.read(image)
    sizes = cuts(data)
    check_verify(data, sizes)
    newer = os.path.abspath("images/worker.chkpt.%d" % (h.number(image) + 1))
    for i, size in enumerate(sizes):
        h.write(newer, data[:size])
        os.chmod(newer, 0o600)
        h.restart(newer).refuse("restart refused: %s: (%s)$" %
                                (newer, expected(size)))
        if i % 4 != 0:
            continue
        run = h.restart("auto", options=["-d", "images"])
        run.wait_for("passing over %s: (%s)$" % (newer, expected(size)))
        run.finish()
        run.check("started" not in run.out, "it began anew")
        # The image was taken under -v.
        run.check(run.lines("passing over") == run.lines()[:1] and
                  run.lines("restarted from") == run.lines()[1:],
                  "not one line")
    return "%d cuts" % len(sizes)


h.main(test)
