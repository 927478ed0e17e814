/* checkpoint.h - checkpoint and restart of this program, for C and C++.
 *
 * A program built with ckpt-cc needs none of this: `prog -- -t 60` takes a
 * checkpoint every minute and `prog -- -r prog.chkpt.3` goes on from one. The
 * calls are for programs built without the pass (checkpoint_init) and for those
 * that want a say in when and what. Every function links and is harmless when
 * checkpointing is off. Source: Dieter & Lumpp, "User-level Checkpointing of
 * POSIX Threads", section 2; libckpt (Plank et al., 1995) for
 * checkpoint_here.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* First line of main in a program built without the pass. Takes the words after
 * the last `--` out of the arguments if all of them are checkpoint options.
 *
 * argc, argv: addresses as main got them; both null in a main without
 *   arguments. *argc is corrected; argv is edited in place.
 *
 * In a forked child, both null: checkpoints are taken of the child from here on
 * (elsewhere of the program alone). It is a run of its own with the options of
 * its parent; `-r FILE` restarts it, `-r auto` does not.
 *
 * Does not return when the options say restart (-r): the program goes on where
 * the checkpoint was taken. An option that cannot be followed, or a bad image,
 * ends the program with one line on standard error and exit code 125. */
void checkpoint_init(int *argc, char **argv);

/* Takes a checkpoint now and waits until it is durable.
 *
 * Returns 0 in the run that goes on, 1 in a run restored from this checkpoint,
 * -1 with errno set if none was taken: ENOSYS (checkpointing is off), EBUSY
 * (between checkpoint_disable and checkpoint_enable), EAGAIN (a thread could
 * not be stopped in time, or a child process still lives or a callback has not
 * returned after 10 s), EDEADLK (called in a callback of checkpoint_on),
 * ENOTSUP (the program holds something that cannot be carried over a restart;
 * one line on standard error names it), or the error of the file system. */
int checkpoint_here(void);

/* Between these two calls no checkpoint is taken; requests wait. They nest and
 * may be called by any thread. checkpoint_disable returns when a checkpoint
 * under way is complete. */
void checkpoint_disable(void);
void checkpoint_enable(void);

/* Bytes that need not be saved: caches, scratch buffers, what can be computed
 * again, and what must not be written to a disk. In a restored program they are
 * zero; every byte round them is as it was. They are in no image from the next
 * checkpoint on.
 *
 * Exclusions add up to a set, also over restarts: excluding bytes twice is no
 * more than once, including them takes them out, however they got in. Memory
 * that is given back by munmap, or in whose place mmap or mremap put other
 * memory, is not excluded any more. free and the end of a function are not
 * seen: include such bytes before, or the next owner's content is lost.
 * Excluded bytes of a shared mapping of a file are the file's as ever.
 *
 * Returns 0, also when checkpointing is off; -1 with errno EINVAL (no such
 * addresses) or ENOMEM (more than 1024 separate ranges). Not for signal
 * handlers. */
int checkpoint_exclude_bytes(void *start, size_t size);
int checkpoint_include_bytes(void *start, size_t size);

enum checkpoint_event {
  CHECKPOINT_BEFORE = 1,  /* a checkpoint is due; nobody is stopped yet */
  CHECKPOINT_AFTER = 2,   /* it was taken and is durable, or came to nothing */
  CHECKPOINT_RESTART = 3  /* this is a restored program */
};

/* Has function(error, argument) called at each event, for the life of the
 * program and of those restored from it. error is 0 but at CHECKPOINT_AFTER if
 * no checkpoint was taken, when it is what checkpoint_here would set errno to
 * (EAGAIN: it was put off).
 *
 * After CHECKPOINT_BEFORE comes one CHECKPOINT_AFTER, and in a program restored
 * from that checkpoint one CHECKPOINT_RESTART in its place. Before, functions
 * are called in the order in which they were given, the other two in the
 * opposite one. After a checkpoint of -x, which ends the program, none is.
 *
 * They run one after the other in a thread of their own, which the first
 * checkpoint_on starts, with the program's signals blocked, while all other
 * threads run: they may call any function and take any lock. The checkpoint
 * waits for those of CHECKPOINT_BEFORE; if they have not returned after 10 s
 * it is put off. checkpoint_here returns when those of the other two have
 * returned, so none may wait for a thread that calls it. checkpoint_disable in
 * one of CHECKPOINT_BEFORE keeps the checkpoint waiting, and CHECKPOINT_AFTER
 * comes with EAGAIN. In a forked child none is called, unless it calls
 * checkpoint_init.
 *
 * Returns 0, also when checkpointing is off; -1 with errno EINVAL, ENOMEM (256
 * have been given) or what pthread_create returns. */
int checkpoint_on(enum checkpoint_event event,
                  void (*function)(int error, void *argument), void *argument);

/* How many restarts lie between the first start of this run and now: 0 in a
 * program that was never restored. */
int checkpoint_generation(void);

#ifdef __clang__
/* A function the pass leaves alone: its calls go to the C library as written.
 */
#define CHECKPOINT_NO_INSTRUMENT __attribute__((annotate("ckpt.no_instrument")))
#else
#define CHECKPOINT_NO_INSTRUMENT
#endif

#ifdef __cplusplus
}
#endif

#endif
