# Intent: whatever step of a checkpoint fails, at whatever passage, once or from
# then on, or ends the program there: the program goes on to the right result
# with one line for each failed checkpoint, older images stay whole and are
# found, and no temporary file stays behind.
# RUN: %fault %s %t reserve stop snapshot image_create meta_write image_sync \
# RUN:   image_rename dir_sync
"""The sweep over the fault points of a checkpoint."""

import os
import sys

import harness as h

kErrors = [28, 5, 12]
kMaxHits = 500


def older_image():
    """An image of an earlier run, and its checksum."""
    image = h.take_image("images")
    return image, h.checksum(image)


def check_older(run, older):
    image, checksum = older
    run.check(h.checksum(image) == checksum, "the older image has changed")
    h.check_good(*h.images("images"))


def remove_newer(older):
    for image in h.images("images"):
        if image != older[0]:
            os.unlink(image)


def start(point, what):
    return h.Program([], ["-t", "0.005", "-d", "images", "-v"],
                     fault="%s=%s" % (point, what))


def hit_once(point, n, older):
    """True if the first checkpoint got by without reaching hit n."""
    run = start(point, "%d@%d" % (kErrors[n % 3], n))
    run.wait_for("checkpoint .*KiB")
    first = run.lines("checkpoint ")[0]
    if "KiB" in first:
        run.finish()
        remove_newer(older)
        return True
    run.finish()
    run.check(len(run.lines("failed")) == 1, "not one line for one failure")
    run.check(len(run.lines()) == 1 + len(run.lines("KiB")), "other lines")
    run.check("errno %d" % kErrors[n % 3] in first, "another errno")
    run.check(h.temporaries("images") == [], "a temporary file is left")
    check_older(run, older)
    remove_newer(older)
    return False


def hit_always(point, n, older):
    run = start(point, "%d@%d+" % (kErrors[n % 3], n))
    run.wait_for("checkpoint failed", count=3)
    run.finish()
    run.check(len(run.lines("failed")) == len(run.lines()), "other lines")
    run.check(h.temporaries("images") == [], "a temporary file is left")
    check_older(run, older)
    remove_newer(older)


def hit_kill(point, n, older):
    run = start(point, "kill@%d" % n)
    run.check(run.wait() == -9, "it was not killed")
    run.check(run.lines() == [], "it said something")
    check_older(run, older)


def check_found(older):
    """-r auto finds an image, and its next checkpoint tidies up."""
    run = h.restart("auto", options=["-d", "images", "-v", "-t", "0.005",
                                     "-k", "0"])
    run.wait_for("checkpoint .*KiB")
    run.finish()
    run.check("started" not in run.out, "it began anew")
    run.check(h.temporaries("images") == [], "a temporary file is left")
    remove_newer(older)


def sweep(point):
    older = older_image()
    for n in range(1, kMaxHits):
        if hit_once(point, n, older):
            h.check(n > 1, point + " is never reached")
            return "%s: %d" % (point, n - 1)
        hit_always(point, n, older)
        hit_kill(point, n, older)
        if n % 8 == 1:
            check_found(older)
    h.fail(point + " has no end")


h.main(lambda: "; ".join(sweep(point) for point in sys.argv[2:]))
