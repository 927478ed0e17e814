# Intent: words that parse as options and cannot work, and environment variables
# that make no sense, are one line and exit 125 before the program has begun;
# words that do not parse are left to the program.
# RUN: %fault %s %t
"""Options that cannot be followed."""

import os

import harness as h


def refused(pattern, options, **more):
    h.Program([], options, **more).refuse(pattern)


def left_alone(*words):
    """The words after -- are the program's: it ends with them in argv."""
    run = h.Program(["file", "--", *words])
    run.wait_started()
    run.finish()
    run.check(run.err == "", "something was said")
    run.check("with %d words" % (3 + len(words)) in run.out, "words are gone")


def test():
    h.write("file", b"first second")
    os.mkdir("images")
    # Values that parse.
    refused("-d .*/absent: not a directory$", ["-d", "absent"])
    refused("-d .*/file: not a directory$", ["-d", "file", "-t", "1"])
    refused("-s and -x name the same signal$", ["-s", "USR1", "-x", "SIGUSR1"])
    refused("-s and -x name the same signal$", ["-s", "10", "-x", "USR1"])
    refused("restart refused: .*/absent: no such file", ["-r", "absent"])
    # Words that do not.
    for words in [["-t"], ["-t", "x"], ["-t", "-1"], ["-t", "1e3"],
                  ["-t", "1", "more"], ["-k", "-1"], ["-k", "1.5"], ["-r"],
                  ["-d"], ["-d", ""], ["--ids", "other"], ["--ids="],
                  ["-s", "KILL"], ["-s", "STOP"], ["-s", "0"], ["-s", "33"],
                  ["-s", "SEGV"], ["-x", "65"], ["-x", "RTMIN+99"],
                  ["-x", "RTMIN+4294967290"], ["-v", "-Q"], ["--help-me"],
                  ["-tv", "1"], ["-t", "99999999999999999999"]]:
        left_alone(*words)
    # The environment has no other reader.
    for text, bad in [("-t", "-t"), ("-t x", "-t"), ("nonsense", "nonsense"),
                      ("-v -k many", "-k")]:
        refused("CKPT_OPTIONS: bad option: %s$" % bad, [],
                env={"CKPT_OPTIONS": text})
    refused("-d .*/absent: not a directory$", [],
            env={"CKPT_OPTIONS": "-t 1 -d absent"})
    for text in ["", "x", "image_write", "image_write=", "image_write=x",
                 "image_write=28@", "image_write=28@0", "image_write=28@x",
                 "image_write=28@1-", "image_write=-5", "image_write=5000",
                 "image_writes=28", "=28", "image_write=kill@", "kill@1"]:
        refused("CKPT_FAULT: no such fault point: %s$" %
                h.re.escape(text), [], fault=text)
    # A coordinator that cannot be made is a failure of the tool too.
    refused(r"cannot start the checkpoint thread: .*\(errno 11\)$",
            ["-t", "1", "-d", "images"], fault="coordinator=11")
    killed = h.Program([], ["-t", "1"], fault="coordinator=kill")
    killed.check(killed.wait() == -9, "it was not killed")
    # Switched off, nothing of all this is looked at.
    run = h.Program(["file"], ["-d", "absent"], fault="x",
                    env={"CKPT_DISABLE": "1", "CKPT_OPTIONS": "nonsense"})
    run.wait_started()
    run.finish()


h.main(test)
