# Intent: whatever fails, or ends the process, while the content of files is
# saved or put back: a checkpoint fails with one line and the program goes on; a
# restart ends with one line, and the next one has every file as it was.
# RUN: %fault %s %t
"""The fault points that have to do with files."""

import os
import subprocess

import harness as h

kMaxHits = 500
kData = ["--files", "content=data/*"]


def start(program, *options, **more):
    return h.Program([], ["-d", "images", *kData, *options], program=program,
                     **more)


def newest():
    return h.images("images", "writer")[-1]


def now(run):
    """A checkpoint, when all files are there."""
    run.wait_started()
    subprocess.run([h.ckpt, "now", str(run.pid)], timeout=h.kPatience,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)


def checkpoints(program):
    """Fails at each block in turn."""
    for n in range(1, kMaxHits):
        run = start(program, "-v", fault="file_write=28@%d" % n)
        now(run)
        run.wait_for("checkpoint .*")
        first = run.lines("checkpoint ")[0]
        if "KiB" in first:
            run.finish()
            h.check(n > 4, "file_write is never reached")
            return n - 1
        run.check(h.re.search(r"checkpoint failed: cannot save the content of "
                              r"/.*: no space left on device \(errno 28\)$",
                              first), "another line")
        now(run)
        run.wait_for("KiB")
        run.finish()
        run.check(len(run.lines("failed")) == 1, "not one line")
        h.check_good(*h.images("images", "writer"))
        run = start(program, fault="file_write=kill@%d" % n)
        # There is a block less while data/odd is not there: then the next one.
        for _ in range(5):
            if run.process.poll() is None:
                now(run)
        run.check(run.wait() == -9 and run.lines() == [], "not just killed")
        h.check(h.temporaries("images") == [], "a temporary file is left")
    h.fail("file_write has no end")


def image_of_a_killed_run(program):
    """That has gone on for a while after it."""
    run = start(program, "-v", "-t", "0.05", "-k", "1")
    run.wait_started()
    run.wait_for("KiB", count=len(run.lines("KiB")) + 2)
    image = newest()
    run.wait_until(lambda: newest() != image, "another image")
    run.kill()
    return newest()


def restarts(program, image, point, ids):
    def again(**more):
        # What the last attempt has made again is missing again.
        for name in ("data/odd", "data/base"):
            if point == "restore_files" and os.path.exists(name):
                os.unlink(name)
        return h.restart(image, program=program,
                         options=["-t", "0", "-v", "--ids", ids], **more)
    for n in range(1, kMaxHits):
        run = again(fault="%s=5@%d" % (point, n))
        run.wait_until(lambda: run.lines() or run.process.poll() is not None,
                       "a line")
        if run.lines("restarted from"):
            run.finish()
            h.check(n > 1, point + " is never reached")
            return n - 1
        run.refuse("ckpt: restart (refused|failed): .*errno 5")
        run = again(fault="%s=kill@%d" % (point, n))
        run.check(run.wait() == -9 and run.lines() == [], "not just killed")
        run = again()
        run.wait_for("restarted from")
        # Changes files, so that the next rollback has something to do.
        run.finish()
    h.fail(point + " has no end")


def damaged(program, image):
    data = bytearray(h.read(image))
    data[-5000] ^= 1
    other = os.path.abspath("images/writer.chkpt.9000")
    h.write(other, bytes(data))
    os.chmod(other, 0o600)
    run = h.restart(other, program=program)
    run.refuse(r"damaged: data: block \d+ of a file, .*: checksum differs$")
    os.unlink(other)


def test():
    program = h.compile_worker(os.path.abspath("writer"), "-D_GNU_SOURCE",
                               source="writer.c")
    os.mkdir("images")
    told = ["file_write: %d" % checkpoints(program)]
    for ids in ("same", "ns", "new"):
        image = image_of_a_killed_run(program)
        before = h.checksum(image)
        damaged(program, image)
        for point in ("restore_files", "rollback"):
            hits = restarts(program, image, point, ids)
            told.append("%s %s: %d" % (ids, point, hits))
        h.check(h.checksum(image) == before, "the image has changed")
        os.unlink(image)
    return "; ".join(told)


h.main(test)
