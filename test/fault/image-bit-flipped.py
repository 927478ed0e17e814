# Intent: one bit flipped in any section of an image makes it refused with one
# line that says what is damaged; -r auto passes over it with one line and takes
# the older one; `ckpt verify` agrees.
# RUN: %fault %s %t
"""Bits that changed on the disk."""

import os
import random

import harness as h
import image_layout


def flips(data):
    """(section, offset, bit): the ends and somewhere between."""
    choose = random.Random(7)
    for section in image_layout.sections(data):
        offsets = {section.start, section.end - 1,
                   choose.randrange(section.start, section.end)}
        for offset in sorted(offsets):
            yield section, offset, choose.randrange(8)


def flipped(data, offset, bit):
    changed = bytearray(data)
    changed[offset] ^= 1 << bit
    return bytes(changed)


def expected(section):
    if section.name.startswith("block "):
        return "damaged: data: block %s .*: checksum differs" % \
            section.name[6:]
    return "damaged: |not a checkpoint image|version "


def test():
    image = h.take_image("images")
    data = h.read(image)
    newer = os.path.abspath("images/worker.chkpt.%d" % (h.number(image) + 1))
    count = 0
    names = []
    for section, offset, bit in flips(data):
        count += 1
        h.write(newer, flipped(data, offset, bit))
        os.chmod(newer, 0o600)
        run = h.restart(newer)
        run.refuse("restart refused: %s: (%s)" % (newer, expected(section)))
        said = run.err.strip().split(newer + ": ")[1]
        name = "flip.%d" % count
        os.rename(newer, name)
        names.append((name, said))
        if count % 8 != 1:
            continue
        h.write(newer, flipped(data, offset, bit))
        os.chmod(newer, 0o600)
        run = h.restart("auto", options=["-d", "images"])
        run.wait_for("passing over %s: (%s)" % (newer, expected(section)))
        run.finish()
        run.check("started" not in run.out, "it began anew")
        # The image was taken under -v.
        run.check(run.lines("passing over") == run.lines()[:1] and
                  run.lines("restarted from") == run.lines()[1:],
                  "not one line")
    code, lines = h.verify(*[name for name, _ in names])
    h.check(code == 1 and len(lines) == count, "ckpt verify: %d" % code)
    for (name, said), line in zip(names, lines):
        what = said if said.startswith("damaged: ") else "damaged: " + said
        h.check(line == "%s: %s" % (name, what),
                "ckpt verify says %r, -r says %r" % (line, said))
    return "%d bits" % count


h.main(test)
