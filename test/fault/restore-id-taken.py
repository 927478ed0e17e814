# Intent: a thread id that is taken makes `--ids auto` go another way and
# succeed, and `--ids same` try again and then refuse; a process id likewise.
# RUN: %fault %s %t
"""EEXIST where threads and processes get their ids."""

import harness as h


def pid_of(run):
    line = run.lines("restarted from")[0]
    return int(line.rsplit(" ", 1)[1])


def test():
    image = h.take_image("images")
    for n in 1, 2, 3:
        for ids in "auto", "same":
            h.check_restarts(image, options=["--ids", ids],
                             fault="restore_thread=17@%d" % n)
    # The same without a fault point: the first restart holds the ids that the
    # second one wants.
    first = h.restart(image, [], ["-v", "-t", "0"])
    first.wait_for("restarted from")
    second = h.restart(image, [], ["-v", "-t", "0"])
    second.wait_for("restarted from")
    first.check(pid_of(first) != pid_of(second), "the same ids twice")
    # The user insists on the ids: it waits for them, but not for ever.
    h.restart(image, [], ["--ids", "same"]).refuse(
        "restart refused: --ids same: an id of the image is in use$")
    first.finish()
    second.finish()


h.main(test)
