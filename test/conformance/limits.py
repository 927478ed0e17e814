"""Programs whose result a documented limit does not let hold: each row says
which, in which experiments, by what in the program it is known, and the words of
docs/limits.md. A row whose program does not contain that, or whose words are not
there any more, is a failure."""

import dataclasses
import fnmatch
import pathlib
import re

DOCUMENTS = pathlib.Path(__file__).resolve().parents[2] / "docs"


@dataclasses.dataclass(frozen=True)
class Limit:
    programs: str      # patterns of names, apart by blanks
    experiments: str   # pattern ("same", "*ns", "*"), or "restarts": all of them
    evidence: tuple    # one of these is in the program: functions, paths
    documented: str    # in docs/limits.md or restart.md

    def applies(self, program, experiment):
        if not any(fnmatch.fnmatch(program.name, pattern)
                   for pattern in self.programs.split()):
            return False
        if self.experiments == "restarts":
            return experiment != "checkpoints"
        return fnmatch.fnmatch(experiment, self.experiments)

    def problem(self, binary):
        """Why the row does not hold (any more), or nothing."""
        if self.documented not in documents():
            return f"the documents do not say: {self.documented}"
        content = binary.read_bytes()
        if not any(e.encode() in content for e in self.evidence):
            return f"the program does not contain {' or '.join(self.evidence)}"
        return ""


def documents():
    text = "".join((DOCUMENTS / name).read_text()
                   for name in ("limits.md", "restart.md"))
    return re.sub(r"\s+", " ", text)


COUNTED = "lists the checkpoint thread too"
STACK = "A program that uses a stack to its last page"
GARBAGE = "What a program makes of memory that it has not initialised"
IDS_IN_NAMESPACE = "User and group ids are mapped to themselves and no other"
OUTSIDE = "is still there when the program goes back"
ANY_THREAD = "is handled by the first thread that goes on"
TWO_CLOCKS = "Deadlines that the program has computed are kept as they are"
HELPERS = "`--ids new` is refused with a line"
RESERVED = "`SIGRTMAX` is 63"
OWN_MEMORY = "counts towards `RLIMIT_AS`"
RACES = "depends on which of two threads or processes is faster"

LIMITS = [
    # Asynchronous I/O, and timers by a function.
    Limit("glibc/rt/tst-aio* glibc/nptl/tst-cancel17 glibc/nptl/tst-cancelx17",
          "*new", ("aio_",), HELPERS),
    Limit("glibc/pthread/tst-timer behaviour/time/timer-thread", "*new",
          ("timer_create",), HELPERS),
    # They go through all signals, and print them.
    Limit("posix/sigqueue/7-1 posix/sigaction/30-1", "*", ("sigaction",),
          RESERVED),
    # Maps all that it may, and prints how much that was.
    Limit("posix/mmap/24-1", "*", ("shm_open",), OWN_MEMORY),
    # Fails where the child makes the queue first: it counts that in its own memory.
    Limit("posix/mq_open/16-1", "*", ("mq_open",), RACES),
    # Sleeps behind what makes the child send the signal that is to end the sleep.
    Limit("posix/mq_timedsend/5-1 posix/mq_send/5-1", "*", ("mq_receive",), RACES),
    # Prints the inner state of a condition, by which of a signal and a wait was
    # first: without checkpoints too.
    Limit("glibc/nptl/tst-cond22", "*", ("pthread_cond_signal",), RACES),
    # They wait until the thread is the only one that /proc/self/task shows.
    Limit("glibc/pthread/tst-pthread_cancel-exited", "*", ("/proc/self/task",),
          COUNTED),
    # Touches all of its stack up to the guard page.
    Limit("glibc/nptl/tst-pthread-getattr", "*", ("pthread_getattr_np",), STACK),
    # Hands pthread_create attributes that it has never set.
    Limit("posix/pthread_create/10-1", "*", ("pthread_create",), GARBAGE),
    # They become other users.
    Limit("glibc/nptl/tst-setuid*", "*ns", ("setuid",), IDS_IN_NAMESPACE),
    Limit("glibc/nptl/tst-setgroups", "*ns", ("setgroups",), IDS_IN_NAMESPACE),
    # They make what must not be there yet, and go back to before that.
    Limit("glibc/rt/tst-mqueue*", "restarts", ("mq_open",), OUTSIDE),
    # SIGUSR1 is meant for the main thread: the others take EINTR for an error.
    Limit("posix/stress/threads/fork/* posix/stress/threads/pthread_create/* "
          "posix/stress/threads/pthread_exit/* "
          "posix/stress/threads/pthread_mutex_lock/* "
          "posix/stress/threads/pthread_self/* "
          "posix/stress/threads/sem_getvalue/*", "*",
          ("sem_wait", "sem_post"), ANY_THREAD),
    # A thread sleeps for a second while another waits until a time of day.
    Limit("posix/pthread_rwlock_timed*", "restarts",
          ("pthread_rwlock_timed",), TWO_CLOCKS),
]

# Restarts that are refused because of what the program did after the checkpoint:
# part of the line, and what docs/restart.md says of it.
OWN_DOING = [
    (r": no such file or directory", "a file cannot be opened as it was"),
    (r" bytes, the checkpoint was at offset", "the file has become shorter"),
    (r" is not the file that the checkpoint had mapped",
     "size and modification time, differ"),
]


def own_doing(line):
    for pattern, documented in OWN_DOING:
        if re.search(pattern, line) and documented in documents():
            return documented
    return ""


def find(program, experiment):
    for limit in LIMITS:
        if limit.applies(program, experiment):
            return limit
    return None
