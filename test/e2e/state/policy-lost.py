# Intent: where the right to a scheduling policy is missing at the restart, one
# line says so, the thread goes on under the ordinary policy, and gets its own
# again from a restart where it may have it.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/settings.c -o %t
# RUN: %py %s %t.run %ckpt %t fifo
# REQUIRES: nobody
"""A real-time thread in a user namespace, and back."""

import generations

kLost = r"ckpt: restarted without the scheduling policy of thread \d+: " \
        r"operation not permitted \(errno 1\)$"


def restarts(setup, kinds, policy):
    common = ["-d", setup.images, "-v"]
    program = setup.start(common)
    program.wait_ready()
    for ids in kinds:
        image = program.checkpoint_now()
        program.kill()
        program = setup.start(["-r", image, "--ids", ids, *common])
        program.wait_restarted()
        # That line is not the last; at a checkpoint the restart is over.
        program.checkpoint_now()
        program.check(len(program.lines(kLost)) == (ids == "ns"),
                      "lines under --ids " + ids)
    program.finish(len(kinds))
    program.check_streams([kLost])
    program.check("worker: " in program.out and
                  program.out.split("worker: ")[1].splitlines()[0].endswith(
                      "policy %d" % policy), "not policy %d" % policy)


def main():
    kOther, kFifo = 0, 1
    restarts(generations.scenario(), ["same", "ns"], kOther)
    restarts(generations.scenario(), ["ns", "ns", "same", "new"], kFifo)
    print("good")


main()
