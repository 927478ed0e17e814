"""The suites: which programs there are, and how each is compiled and run."""

import dataclasses
import pathlib
import re
import subprocess

import sources

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What compilers used to let pass.
LENIENT = ("-w -Wno-error=implicit-function-declaration -Wno-error=implicit-int"
           " -Wno-error=int-conversion -Wno-error=return-type"
           " -Wno-error=incompatible-function-pointer-types").split()


@dataclasses.dataclass(frozen=True)
class Program:
    suite: str
    name: str            # SUITE/PATH without the ending
    source: pathlib.Path
    flags: tuple         # of the compilation
    libraries: tuple = ()
    support: bool = False      # linked with the C library's test support
    arguments: tuple = ()
    stop_after: float = 0      # runs until SIGUSR1
    token: bool = False        # runs until it is given its token
    plain: bool = True         # the reference is built without ckpt
    any_status: bool = False   # ends with another status than 0 on purpose

    @property
    def cxx(self):
        return self.source.suffix in (".cc", ".cpp")

    @property
    def file(self):
        """A name for files."""
        return self.name.replace("/", ".")


MAIN = re.compile(r"\bmain\s*\(")


def posix(cache):
    """The Open POSIX Test Suite."""
    tree = sources.unpack("posixtestsuite", cache,
                          ("conformance/", "functional/", "stress/", "include/"))
    flags = ("-g", "-O2", "-std=gnu99", "-D_GNU_SOURCE", "-pthread",
             f"-I{tree / 'include'}", *LENIENT)
    for top in ("conformance/interfaces", "functional", "stress"):
        for source in sorted((tree / top).rglob("*.c")):
            text = source.read_text(errors="replace")
            # Not speculative/: what those show is left to the implementation.
            if not MAIN.search(text) or "-buildonly" in source.name:
                continue
            if re.match(r"s-c\d*$", source.stem):
                continue  # how times grow with the number of threads
            name = str(source.relative_to(tree).with_suffix(""))
            name = name.removeprefix("conformance/interfaces/")
            endless = top == "stress" and "SIGUSR1" in text
            yield Program("posix", f"posix/{name}", source, flags,
                          libraries=("-lrt", "-lm"),
                          stop_after=2 if endless else 0)


def glibc(cache):
    """Thread and timer tests of the C library."""
    tree = sources.unpack("glibc", cache, (
        "nptl/", "sysdeps/pthread/", "sysdeps/x86/stackinfo.h", "support/", "rt/",
        "htl/tests/", "include/", "malloc/tst-", "malloc/dynarray",
        "test-skeleton.c", "posix/tst-"))
    (tree / "config.h").touch()  # what configure would have found out
    places = ["nptl/tst-*.c", "nptl/tst-*.cc", "sysdeps/pthread/tst-*.c",
              "rt/tst-*.c", "htl/tests/test-*.c", "malloc/tst-*thread*.c"]
    for place in places:
        for source in sorted(tree.glob(place)):
            text = source.read_text(errors="replace")
            if "mod" in source.stem.split("-")[-1] and "dlopen" not in text:
                continue  # a library that a test loads
            name = str(source.relative_to(tree).with_suffix(""))
            name = name.removeprefix("sysdeps/")
            yield Program("glibc", f"glibc/{name}", source,
                          glibc_flags(tree, source), libraries=("-lm",),
                          support=True, arguments=("--direct",),
                          any_status="EXPECTED_" in text)


def glibc_flags(tree, source):
    flags = ["-g", "-O2", "-D_GNU_SOURCE", "-DTIMEOUTFACTOR=1", "-pthread",
             f"-iquote{tree}", f"-iquote{tree / 'nptl'}",
             f"-iquote{tree / 'sysdeps/pthread'}", f"-iquote{tree / 'include'}",
             f"-idirafter{tree}", f"-idirafter{tree / 'support'}",
             f"-idirafter{tree / 'sysdeps/x86'}",
             f"-idirafter{tree / 'include'}", *LENIENT]
    flags.append("-std=gnu++17" if source.suffix == ".cc" else "-std=gnu11")
    if re.match(r"tst-(cancelx|cleanupx|oncex|cond-except)", source.name):
        flags.append("-fexceptions")
    return tuple(flags)


def support_flags(cache):
    """Of the files of the C library's test support, and these files."""
    tree = cache / "trees" / "glibc"
    paths = ("SRCDIR OBJDIR INSTDIR LIBDIR BINDIR SBINDIR ROOTSBINDIR SLIBDIR"
             " COMPLOCALEDIR SYSCONFDIR OBJDIR_ELF_LDSO").split()
    flags = (*glibc_flags(tree, tree / "x.c"), "-include", "limits.h",
             *(f'-D{p}_PATH="/nowhere"' for p in paths))
    return flags, sorted(p for p in (tree / "support").glob("*.c")
                         if not p.name.startswith(("tst-", "test-", "support_test_main_")))


def libstdcxx(cache):
    """The thread tests of libstdc++."""
    below = "libstdc++-v3/testsuite/"
    tree = sources.unpack("gcc-12", cache, (below + "30_threads/", below + "util/"))
    top = tree / below
    flags = ("-g", "-O2", "-std=gnu++20", "-pthread", f"-I{top / 'util'}", "-w")
    for source in sorted((top / "30_threads").rglob("*.cc")):
        text = source.read_text(errors="replace")
        if not MAIN.search(text) or re.search(r"dg-do (compile|link|preprocess)",
                                              text):
            continue
        name = str(source.relative_to(top / "30_threads").with_suffix(""))
        yield Program("libstdc++", f"libstdc++/{name}", source, flags,
                      libraries=("-latomic",) if "-latomic" in text else ())


def behaviour(_):
    """The programs of test/e2e that need nothing but their token."""
    e2e = ROOT / "test" / "e2e"
    common = ("-O2", "-g", "-pthread", f"-I{e2e}", "-w")
    for source in sorted([*e2e.glob("*/*.c"), *e2e.glob("*/*.cpp")]):
        text = source.read_text()
        if not re.search(r"^// RUN: %generations( --[\w.]+( [\w.]+)?)* %t$", text,
                         re.M):
            continue
        flags = (("-std=c++20",) if source.suffix == ".cpp"
                 else ("-std=gnu11", "-D_GNU_SOURCE"))
        name = str(source.relative_to(e2e).with_suffix(""))
        yield Program("behaviour", f"behaviour/{name}", source, flags + common,
                      token=True, plain=False)


THREADS = re.compile(
    r"posix/(functional|stress)/|posix/pthread_(barrier|cond)_(wait|timedwait|sig|b)|"
    r"posix/pthread_(mutex|rwlock|spin)_\w*(lock|rdlock|wrlock)/|posix/sem_|"
    r"posix/pthread_(cancel|create|exit|join|kill|once|sigmask|testcancel)/|"
    r"posix/(sigsuspend|sigtimedwait|sigwait\w*|nanosleep|clock_nanosleep)/|"
    r"glibc/(nptl|pthread)/tst-(barrier|basic|cancel|cond|join|mutex|once|robust|"
    r"rwlock|sem|signal|spin|tsd|thrd|mtx|cnd)")


def is_of_threads(program):
    return program.suite == "behaviour" or bool(THREADS.search(program.name))


SUITES = {"posix": posix, "glibc": glibc, "libstdc++": libstdcxx,
          "behaviour": behaviour}


def enable_sources():
    subprocess.run([ROOT / "scripts" / "setup", "--sources"], check=True,
                   stdout=subprocess.DEVNULL)
