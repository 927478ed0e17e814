# Intent: SIGKILL at any moment of a checkpoint or a restart leaves only whole
# images, the newest of which is found; an image outlives the restart.
# RUN: %fault %s %t
"""SIGKILL out of nowhere."""

import os
import random
import time

import harness as h

kSeed = 1
kCheckpoints = 25
kRestarts = 40


def checkpoints(fault):
    """Each run goes on from the one that was killed before it."""
    moment = random.Random(kSeed)
    newest = 0
    for _ in range(kCheckpoints):
        run = h.restart("auto", options=["-d", "images", "-t", "0.001", "-v"],
                        fault=fault)
        run.wait_for("KiB")
        time.sleep(moment.uniform(0, 0.02))
        run.kill()
        found = h.images("images")
        run.check(h.number(found[-1]) > newest, "the newest is gone")
        newest = h.number(found[-1])
        h.check_good(*found)
        # -k 3, and what the kill kept from being removed.
        run.check(len(found) <= 4, "old images are left")
        # What one run left the next one has removed.
        run.check(len(h.temporaries("images")) <= (1 if fault else 0),
                  "temporary files are left")
    run = h.restart("auto", options=["-d", "images", "-t", "0.001", "-v"],
                    fault=fault)
    run.wait_for("restarted from .*chkpt.%d " % newest)
    run.wait_for("KiB", count=2)
    run.finish()
    h.check(len(h.temporaries("images")) <= (1 if fault else 0),
            "a temporary file is left")


def restarts():
    image = h.images("images")[-1]
    before = h.checksum(image)
    moment = random.Random(kSeed)
    for n in range(kRestarts):
        ids = ["auto", "same", "ns", "new"][n % 4]
        run = h.restart(image, options=["-t", "0", "--ids", ids])
        time.sleep(moment.uniform(0, 0.012))
        run.kill()
        run.check(run.err == "" or "restarted" in run.err, "a line")
        run.check(h.checksum(image) == before, "the image has changed")
    for ids in ["auto", "same", "ns", "new"]:
        h.check_restarts(image, options=["--ids", ids])


def test():
    os.mkdir("images")
    checkpoints(None)
    restarts()
    # Where the file system makes a temporary name necessary.
    for image in h.images("images"):
        os.unlink(image)
    checkpoints("image_nameless=95@1+")


h.main(test)
