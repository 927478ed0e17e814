"""How much is measured: quick, full, or just enough to see that it works."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    name: str
    micro_rounds: int
    micro_seconds: float
    pairs: int
    contended_rounds: int
    contended_ms: int
    # Figures 2 to 6.
    figure_rounds: int
    ilock_pairs: int
    waits: int
    size: float  # of the applications, as a part of their full one
    ilock_threads: tuple
    ring_threads: tuple
    app_threads: tuple
    # Whole programs.
    program_pairs: int
    compile_rounds: int
    start_rounds: int
    starts: int  # per round
    heap_mib: tuple
    heap_rounds: int


QUICK = Scale("quick", 15, 0.02, 1000000, 9, 200, 5, 1000000, 65536, 0.5,
              (1, 2, 4, 8, 16), (2, 4, 8, 16), (1, 2, 4), 15, 1, 15, 20,
              (256,), 3)
FULL = Scale("full", 21, 0.1, 4000000, 21, 500, 15, 1000000, 65536, 1.0,
             (1, 2, 3, 4, 8, 12, 16), (2, 3, 4, 6, 8, 12, 16),
             (1, 2, 3, 4, 6, 8, 12, 16), 31, 5, 21, 100, (256, 1024), 7)
TINY = Scale("tiny", 2, 0.001, 10000, 2, 20, 2, 10000, 256, 0.1, (1, 2),
             (2, 3), (1, 2), 2, 1, 2, 3, (4,), 1)

BY_NAME = {s.name: s for s in (QUICK, FULL, TINY)}
