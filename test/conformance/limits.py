"""Programs whose result a documented limit does not let hold: each row says
which, in which experiments, by what in the program it is known, and the words of
docs/limits.md. A row whose program does not contain that, or whose words are not
there any more, is a failure; so is one that no program matches."""

import dataclasses
import fnmatch
import re

import suites


@dataclasses.dataclass(frozen=True)
class Limit:
    programs: str      # pattern of names
    experiments: str   # pattern: "checkpoints", "same", "nobody-ns", "*" ...
    evidence: tuple    # one of these is in the program: functions, paths
    documented: str    # in docs/limits.md

    def applies(self, program, experiment):
        return (fnmatch.fnmatch(program.name, self.programs)
                and fnmatch.fnmatch(experiment, self.experiments))

    def problem(self, binary):
        """Why the row does not hold (any more), or nothing."""
        text = (suites.ROOT / "docs" / "limits.md").read_text()
        if self.documented not in re.sub(r"\s+", " ", text):
            return f"docs/limits.md does not say: {self.documented}"
        content = binary.read_bytes()
        if not any(e.encode() in content for e in self.evidence):
            return f"the program does not contain {' or '.join(self.evidence)}"
        return ""


LIMITS = []


def find(program, experiment):
    for limit in LIMITS:
        if limit.applies(program, experiment):
            return limit
    return None
