# Intent: whatever step of a restart fails or ends the process, under every kind
# of ids: one line and exit 125 (or death by that signal), the image is as it was
# and goes on when nothing fails.
# RUN: %fault %s %t
"""The sweep over the fault points of a restart."""

import harness as h

kPoints = ["restore_plan", "restore_jump", "restore_open", "restore_memory",
           "restore_thread", "resume"]
kMaxHits = 500


# Without checkpoints: the next one would remove the image (the options of the
# first start go on).
def attempt(image, file, ids, fault):
    return h.restart(image, [file], ["--ids", ids, "-v", "-t", "0"],
                     fault=fault)


def hit(image, file, ids, point, n):
    """False if the restart got by without reaching hit n."""
    run = attempt(image, file, ids, "%s=5@%d" % (point, n))
    run.wait_until(lambda: run.lines() or run.process.poll() is not None,
                   "a line")
    if run.lines("restarted from"):
        run.finish()
        return False
    run.refuse("ckpt: restart (refused|failed): .*errno 5")
    run = attempt(image, file, ids, "%s=12@%d+" % (point, n))
    run.refuse("ckpt: restart (refused|failed): .*errno 12")
    run = attempt(image, file, ids, "%s=kill@%d" % (point, n))
    run.check(run.wait() == -9 and run.lines() == [], "not just killed")
    return True


def sweep(image, file, ids, point):
    for n in range(1, kMaxHits):
        if not hit(image, file, ids, point, n):
            h.check(n > 1, point + " is never reached")
            return n - 1
    h.fail(point + " has no end")


def test():
    h.write("file", b"first second")
    image = h.take_image("images", ["file"])
    before = h.checksum(image)
    told = []
    for ids in ["same", "ns", "new"]:
        for point in kPoints:
            hits = sweep(image, "file", ids, point)
            told.append("%s %s: %d" % (ids, point, hits))
            h.check(h.checksum(image) == before, "the image has changed")
        h.check_restarts(image, ["file"], ["--ids", ids])
    return "; ".join(told)


h.main(test)
