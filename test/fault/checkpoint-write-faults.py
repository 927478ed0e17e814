# Intent: as checkpoint-faults.py, for every block of memory that is written.
# RUN: %fault %S/checkpoint-faults.py %t image_write
