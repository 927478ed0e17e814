# Intent: a file that somebody else has replaced, changed, shortened or removed
# since the checkpoint makes the restart refuse with one line that names the
# option to go on; nothing is touched then, and with the option it goes on. What
# may be the program's own later output is cut off.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/output.c -o %t
# RUN: %py %s %t.run %ckpt %t
"""Each case changes the file between the death and the restart."""

import os
import shutil
import sys

import generations

kLine = 11
kLines = 10000


def lines(first, end):
    return b"".join(b"line %05d\n" % i for i in range(first, end))


kThen = lines(0, kLines)
kEnd = lines(0, kLines + 10)


def get(path):
    with open(path, "rb") as file:
        return file.read()


def put(path, data, mode="wb"):
    with open(path, mode) as file:
        file.write(data)


def poke(path, at, data):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


class Case:
    """A killed program and its image."""

    def __init__(self, name, how="plain", user=None):
        self.setup = generations.Setup(
            os.path.join(sys.argv[1], name), sys.argv[2],
            [sys.argv[3], how], user)
        self.setup.note = name
        self.file = os.path.join(self.setup.work, "out")
        program = self.setup.start(["-d", self.setup.images])
        program.wait_ready()
        self.image = program.checkpoint_now()
        program.check(get(self.file) == kThen, "not the first lines")
        program.kill()

    def start(self, *options):
        return self.setup.start(["-r", self.image, "-v", *options])

    def refused(self, text, *options):
        before = get(self.file) if os.path.exists(self.file) else None
        program = self.start(*options)
        code = program.wait()
        program.check(code == 125, "ended with %d" % code)
        wanted = "ckpt: restart refused: " + self.file + text
        program.check(program.err == wanted + "\n", "not: " + wanted)
        after = get(self.file) if os.path.exists(self.file) else None
        program.check(after == before, "the file has changed")
        return self

    def goes_on(self, wanted, *options, allowed=()):
        program = self.start(*options)
        program.wait_restarted()
        program.finish(1)
        program.check_streams(allowed)
        program.check(get(self.file) == wanted, "the file is not right")
        os.unlink(self.setup.token)
        return self


def own():
    """Appended, cut off at each of ten restarts from one image."""
    for how in ("plain", "append", "random"):
        case = Case("own-" + how, how)
        for again in range(10):
            put(case.file, b"later " * (again + 1), "ab")
            case.goes_on(kEnd)
        # Overwritten: told from somebody else's only where it cannot be ours.
        poke(case.file, 50, b"x")
        case.goes_on(kEnd[:50] + b"x" + kEnd[51:])


def changed():
    case = Case("changed")
    poke(case.file, len(kThen) - 20, b"other")
    case.refused(" has been changed below offset 110000, where the checkpoint "
                 "was (--files offset goes on)")
    case.refused(" has been changed below offset 110000, where the checkpoint "
                 "was (--files offset goes on)", "--files", "offset=/other")
    now = bytearray(kEnd)
    now[len(kThen) - 20:len(kThen) - 15] = b"other"
    case.goes_on(bytes(now), "--files", "offset")
    # The offset alone: what is behind it stays, as in the paper.
    put(case.file, b"and more", "ab")
    case.goes_on(bytes(now) + b"and more", "--files", "offset=out")
    # A program that goes back may have done it itself.
    case = Case("changed-random", "random")
    poke(case.file, len(kThen) - 20, b"other")
    case.goes_on(bytes(now))


def replaced():
    case = Case("replaced")
    shutil.copy(case.file, case.file + ".new")
    os.rename(case.file + ".new", case.file)
    case.refused(" is not the file that the checkpoint had open (--files "
                 "offset goes on)")
    case.goes_on(kEnd, "--files", "offset")
    # Nothing is written by way of a link.
    other = os.path.join(case.setup.dir, "other")
    os.rename(case.file, other)
    os.symlink(other, case.file)
    program = case.start()
    program.check(program.wait() == 125 and
                  "is another kind of file than it was" in program.err,
                  "a link")
    os.unlink(case.file)
    os.mkdir(case.file)
    program = case.start()
    program.check(program.wait() == 125 and
                  "is another kind of file than it was" in program.err,
                  "a directory")


def shortened():
    case = Case("shortened")
    os.truncate(case.file, 1000)
    case.refused(" has 1000 bytes, the checkpoint was at offset 110000 of "
                 "110000 (--files offset goes on)")
    case.goes_on(kThen[:1000] + bytes(len(kThen) - 1000) +
                 lines(kLines, kLines + 10), "--files", "offset")
    os.truncate(case.file, 1000)
    case.goes_on(kThen[:1000] + lines(kLines, kLines + 10), "--files", "ignore")


def removed():
    case = Case("removed")
    os.unlink(case.file)
    case.refused(": no such file or directory (errno 2) (--files ignore goes "
                 "on)")
    case.goes_on(lines(kLines, kLines + 10), "--files", "ignore=out")


def renamed():
    """By the program itself, as a rule: it has given it its final name. It has
    the old one again, and what the name stands for stays."""
    for user in (None, "nobody"):
        case = Case("renamed-%s" % user, user=user)
        final = case.file + ".final"
        for _ in range(3):
            put(case.file, b"more", "ab")
            later = get(case.file)
            inode = os.stat(case.file).st_ino
            os.rename(case.file, final)
            case.goes_on(kEnd)
            case.setup.note = "the copy"
            program = case.start()
            program.check(get(final) == later, "the later one has gone")
            program.check(os.stat(case.file).st_ino == inode, "a copy")
            program.kill()
            left = sorted(os.listdir(case.setup.work))
            program.check(left == ["out", "out.final"], left)


def content():
    """Whatever has become of it."""
    case = Case("content")
    os.unlink(case.image)
    case.setup.start(["-d", case.setup.images]).kill()
    os.unlink(case.file)
    options = ["-d", case.setup.images, "--files", "content=out"]
    program = case.setup.start(options)
    program.wait_ready()
    case.image = program.checkpoint_now()
    program.kill()
    case.goes_on(kEnd)
    poke(case.file, 0, b"other")
    case.goes_on(kEnd)
    os.truncate(case.file, 0)
    case.goes_on(kEnd)
    os.unlink(case.file)
    case.goes_on(kEnd)
    os.rename(case.file, case.file + ".old")
    put(case.file, b"another")
    case.goes_on(kEnd)
    # Not one that was there before.
    old = os.path.join(case.setup.dir, "old")
    os.rename(case.file, old)
    poke(case.file + ".old", 0, b"other")
    os.utime(case.file + ".old", (0, 0))
    # Content may be left where it is.
    put(case.file, kThen)
    case.goes_on(kEnd, "--files", "offset")


def moved():
    """The whole directory, in which the program was."""
    case = Case("moved")
    work = os.path.join(case.setup.dir, "elsewhere")
    shutil.copytree(case.setup.work, work)
    shutil.rmtree(case.setup.work)
    os.mkdir(case.setup.work)
    put(os.path.join(work, "out"), b"later", "ab")
    case.refused(": no such file or directory (errno 2) (--files ignore goes "
                 "on)")
    case.file = os.path.join(work, "out")
    case.goes_on(kEnd, "--path-map",
                 "/nothing=/tmp,%s/=%s" % (case.setup.work, work))
    poke(case.file, len(kThen) - 20, b"other")
    case.refused(" has been changed below offset 110000, where the checkpoint "
                 "was (--files offset goes on)",
                 "--path-map=%s=%s" % (case.setup.work, work))


def forbidden():
    case = Case("forbidden", user="nobody")
    put(case.file, b"later", "ab")
    os.chown(case.file, 0, 0)
    case.refused(" cannot be written to any more (--files offset goes on)")


for test in (own, changed, replaced, shortened, removed, renamed, content,
             moved, forbidden):
    test()
