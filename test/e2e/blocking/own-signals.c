// Intent: a signal of the program's own ends a call that waits with EINTR, as
// without checkpoints, in the first life and after restarts, and nothing else
// does.
// RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
// RUN:   %behave/Inputs/own-signals.c -o %t
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids ns %t
// RUN: %generations --interval 0.02 --ids new --user nobody %t
// RUN: mkdir -p %t.work && %run %t all -- -d %t.work -t 0.02 -q | grep -x 'OK 0'
// RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
// RUN:   %behave/Inputs/own-signals.c -static -o %t.static
// RUN: %generations --interval 0.02 --ids new %t.static
