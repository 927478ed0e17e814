#!/usr/bin/env python3
"""Checks what the layout of the sources promises (docs/architecture.md).

    scripts/tidy.py [BUILD_DIRECTORY]

Who may include whom, how files look, where the names of hooked functions are
spelled, and, in a build directory, what the objects refer to. Prints each
problem as FILE:LINE: text, then `tidy: N checks, M problems`; exit code 1 if
there are any. With -v also the sizes of the files.
"""

import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "runtime"

MAX_LINES = 500
MAX_COLUMNS = 80
PRODUCT = ["runtime", "pass", "clang-wrapper", "cli"]
SOURCES = {".h", ".cpp", ".c", ".S"}

# Each room of the runtime and the rooms that it sees besides itself. A file
# may have a row of its own: more than its room, or less.
ROOMS = {
    "base": [],
    "sys": ["base"],
    "image": ["base", "sys"],
    "track": ["base", "sys", "image/format.h", "image/format_objects.h"],
    "core": ["base", "sys", "image", "track", "restore/plan.h", "ckpt/abi.h"],
    "restore": ["base", "sys", "image", "track", "core", "ckpt/abi.h"],
    "hooks": ["base", "sys", "image", "track", "core", "restore/loader.h",
              "ckpt/abi.h", "ckpt/hooks.def", "checkpoint.h"],
    "stub": ["ckpt/abi.h", "ckpt/hooks.def", "checkpoint.h"],
    "include": ["ckpt/abi.h", "ckpt/hooks.def"],
    "restore/restorer.cpp": ["base", "sys headers", "image/format.h",
                             "restore/plan.h", "restore/restorer.h",
                             "restore/restorer_memory.h"],
    "restore/restorer_memory.cpp": ["base", "sys headers", "image/format.h",
                                    "restore/restorer_memory.h"],
    "restore/restorer_memory.h": ["restore/plan.h"],
    "restore/plan.h": ["base", "image/format.h"],
    "restore/restorer.h": ["restore/plan.h"],
}
# What the other parts of the product see of the runtime.
OUTSIDE = {
    "cli": ["image", "base"],
    "pass": ["ckpt/hooks.def", "ckpt/abi.h"],
    "clang-wrapper": ["ckpt/hooks.def", "ckpt/abi.h"],
}
# Of sys, what has no object file: everything in it is inline.
SYS_HEADERS = {"sys/" + str(h.relative_to(RUNTIME / "sys"))
               for h in (RUNTIME / "sys").rglob("*.h")
               if not h.with_suffix(".cpp").exists()}

# Objects of these refer to nothing but each other and what the link renames.
CLOSED = ["base", "sys", "image", "track", "core/stop_the_world.cpp"]
RENAMED = {"memcpy", "memmove", "memset", "memcmp"}
OWN = re.compile(r"_ZNK?4ckpt|_ZTWN4ckpt|_ZTHN4ckpt|__ckpt_")
# What the whole runtime takes from the C library and the unwinder.
FROM_LIBC = {
    "_Unwind_GetIP", "_Unwind_GetLanguageSpecificData",
    "_Unwind_GetRegionStart", "_Unwind_Resume", "_Unwind_SetGR",
    "_Unwind_SetIP", "_dl_load_lock", "_dl_load_tls_lock",
    "_dl_load_write_lock", "__errno_location",
    "__libc_allocate_rtsig", "__libc_single_threaded", "__rseq_offset",
    "__rseq_size", "abort", "dlclose", "dlopen", "dlsym", "dlvsym", "exit",
    "fileno", "getauxval",
    "pthread_getcpuclockid", "pthread_self",
    "_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__tls_get_addr",
}

# Words that hooks share with something else.
ALSO = {
    "runtime/core/fault.cpp": {"kill"},  # CKPT_FAULT=...=kill
    "runtime/sys/x86_64/syscall.h": {"syscall"},  # the instruction
    "pass/Remarks.cpp": {"syscall"},  # likewise
}
# The kernel's names of system calls, and of its objects.
KERNEL_NAMES = ("cli/kernel_names.cpp", "cli/object_names.cpp")

HOOK = re.compile(r"^CKPT_(?:HOOK\(\w+, *|MISSED\()(\w+)", re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


class Tidy:
    def __init__(self):
        self.checks = 0
        self.problems = []

    def check(self, good, path, line, text):
        self.checks += 1
        if not good:
            place = path.relative_to(ROOT) if path.is_absolute() else path
            self.problems.append("%s:%d: %s" % (place, line, text))

    # --- Includes ---

    def allowed(self, path, include):
        """True if a file of the product may include "include"."""
        part = path.relative_to(ROOT).parts[0]
        if part != "runtime":
            rooms = OUTSIDE[part]
            if (path.parent / include).exists():
                return True
            if not (RUNTIME / include).exists() and \
               not (RUNTIME / "include" / include).exists():
                return part == "pass" and include.startswith("llvm/")
        else:
            name = str(path.relative_to(RUNTIME))
            room = name.split("/")[0]
            rooms = ROOMS.get(name, None)
            if rooms is None:
                rooms = ROOMS[room] + [room]
        if "sys headers" in rooms and include in SYS_HEADERS:
            return True
        return include in rooms or include.split("/")[0] in rooms

    def includes(self, path, lines):
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                self.check(self.allowed(path, match[1]), path, number,
                           "may not include %s" % match[1])

    # --- How a file looks ---

    def looks(self, path, lines):
        self.check(len(lines) <= MAX_LINES, path, len(lines),
                   "more than %d lines" % MAX_LINES)
        self.check(lines and self.opens(path, lines[0]), path, 1,
                   "does not open with its purpose")
        for number, line in enumerate(lines, 1):
            self.check("\t" not in line, path, number, "a tab")
            self.check(line == line.rstrip(), path, number,
                       "blanks at the end of the line")
            self.check(not re.search(r"\b(TODO|FIXME|XXX)\b", line), path,
                       number, "an unfinished thought")
            if path.suffix != ".S":
                self.check(len(line) <= MAX_COLUMNS, path, number,
                           "more than %d columns" % MAX_COLUMNS)

    @staticmethod
    def opens(path, line):
        """A room of the runtime names the file; elsewhere any comment will do,
        or the header that has it."""
        if path.is_relative_to(RUNTIME) and path.parent.name != "stub":
            return re.match(r"(//|/\*) %s - " % re.escape(path.name), line)
        return re.match(r"(//|/\*)", line) or \
            line == '#include "%s.h"' % path.stem

    def guard(self, path, lines):
        """CKPT_ and the path, from the top or from the part of the product;
        a public header's is its name."""
        parts = path.relative_to(ROOT).parts
        if parts[:2] == ("runtime", "include"):
            parts = parts[2:]
        names = ["_".join(parts), "_".join(("CKPT",) + parts),
                 "_".join(("CKPT",) + parts[1:])]
        accepted = {re.sub(r"\W", "_", name).upper() + end
                    for name in names for end in ("", "_")}
        guards = [m[1] for m in (re.match(r"#ifndef (\w+)$", line)
                                 for line in lines) if m]
        self.check(guards and guards[0] in accepted, path, 1,
                   "no include guard like " + names[1].upper())
        if guards:
            self.check("#define " + guards[0] in lines and
                       any(line.startswith("#endif") for line in lines[-1:]),
                       path, 1, "its include guard is not whole")

    # --- The names of hooks ---

    def hook_names(self, path, lines, hooks):
        """Spelled in hooks.def and, as functions, in runtime/hooks. Here a name
        is a quoted one, a hook's symbol, or, in the runtime, a call."""
        relative = str(path.relative_to(ROOT))
        if relative.startswith("runtime/hooks/") or relative in KERNEL_NAMES:
            return
        hooks = hooks - ALSO.get(relative, set())
        in_runtime = relative.startswith("runtime/")
        for number, line in enumerate(lines, 1):
            code = re.sub(r"//.*|^\s*\*.*", "", line)
            names = re.findall(r'"(\w+)"|__ckpt_(\w+)', code)
            for quoted, symbol in names:
                self.check((quoted or symbol) not in hooks, path, number,
                           "spells the hook %s" % (quoted or symbol))
            if in_runtime:
                for name in re.findall(r"(?<![\w.>:])(\w+)\(", code):
                    self.check(name not in hooks, path, number,
                               "calls the hooked function %s" % name)

    # --- Objects ---

    def undefined(self, path):
        out = subprocess.run(["nm", "-u", str(path)], check=True, text=True,
                             capture_output=True, timeout=60).stdout
        return {line.split()[-1] for line in out.splitlines()
                if len(line.split()) == 2 and line.split()[0] in "Uwv"}

    def objects(self, build):
        rooms = build / "runtime" / "CMakeFiles" / "ckpt_rooms.dir"
        for closed in CLOSED:
            files = [rooms / (closed + ".o")] if "." in closed else \
                sorted((rooms / closed).rglob("*.o"))
            self.check(bool(files), rooms, 0, "no objects of " + closed)
            for path in files:
                for symbol in sorted(self.undefined(path)):
                    self.check(OWN.match(symbol) or symbol in RENAMED, path, 0,
                               "refers to " + symbol)
        restorer = build / "runtime" / "restorer.elf"
        if restorer.exists():
            self.check(not self.undefined(restorer), restorer, 0,
                       "refers to something")
        for name, prefix in (("libckpt.a", None),
                             ("libckpt_static.a", "__real_")):
            path = build / "lib" / name
            self.check(path.exists(), path, 0, "is not there")
            if not path.exists():
                continue
            for symbol in sorted(self.undefined(path)):
                known = symbol in FROM_LIBC or \
                    (prefix and symbol.startswith(prefix))
                self.check(known, path, 0, "refers to " + symbol)

    # --- All of it ---

    def sources(self):
        for part in PRODUCT:
            for path in sorted((ROOT / part).rglob("*")):
                if path.suffix in SOURCES and path.is_file():
                    yield path

    def run(self, build, verbose):
        hooks = set(HOOK.findall(
            (RUNTIME / "include" / "ckpt" / "hooks.def").read_text()))
        self.check(len(hooks) > 0, RUNTIME / "include/ckpt/hooks.def", 1,
                   "no hooks")
        sizes = {}
        for path in self.sources():
            lines = path.read_text().splitlines()
            sizes[path] = len(lines)
            self.includes(path, lines)
            self.looks(path, lines)
            if path.suffix == ".h":
                self.guard(path, lines)
            self.hook_names(path, lines, hooks)
        if build is not None:
            self.objects(build)
        if verbose:
            for path, size in sorted(sizes.items(), key=lambda s: -s[1])[:10]:
                print("%5d %s" % (size, path.relative_to(ROOT)))
            print("%5d median of %d files" %
                  (statistics.median(sizes.values()), len(sizes)))
        for problem in self.problems:
            print(problem)
        print("tidy: %d checks, %d problems" %
              (self.checks, len(self.problems)))
        return 1 if self.problems else 0


def main(words):
    verbose = "-v" in words
    words = [word for word in words if word != "-v"]
    if len(words) > 1 or any(word.startswith("-") for word in words):
        sys.exit(__doc__)
    build = Path(words[0]).resolve() if words else None
    return Tidy().run(build, verbose)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
