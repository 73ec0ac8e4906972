"""``python3 -m tutor.start``: from a fresh clone to the open tutor, or to passed tests, in one command.

Runs under whatever ``python3`` a machine has, before anything is installed, so: standard library only, and
no syntax that an older Python cannot parse (it must be able to say that it is too old). Everything is
installed into ``.venv`` beside the code; the system's own Python is never written to.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
from typing import NoReturn

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MINIMUM = (3, 10)
NAMES = ("python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python3", "python")

USAGE = """usage: python3 -m tutor.start [ARGUMENTS OF tutor]
       python3 -m tutor.start --test [ARGUMENTS OF pytest]

Installs the tutor into .venv (only when something changed), then opens it or runs every test."""


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if sys.version_info < MINIMUM:
        return run([newer_python(), "-m", "tutor.start"] + arguments)
    testing = arguments[:1] == ["--test"]
    install("dev" if testing else "")
    if testing:
        # Half of what the tests do is to wait for a process or for a timer of the screen.
        processes = (os.cpu_count() or 1) * 3 // 2 or 1
        # Worksteal: neighbours share what a file sets up, and who has nothing left takes over from the others.
        every = ["--numprocesses", str(processes), "--dist", "worksteal"]
        return run([executable("python"), "-m", "pytest"] + (arguments[1:] or every))
    return run([executable("tutor")] + arguments)


def newer_python() -> str:
    """Another interpreter on this machine that is new enough; ends the program if there is none."""
    probe = "import sys; sys.exit(sys.version_info < (%d, %d))" % MINIMUM
    for path in filter(None, map(shutil.which, NAMES)):
        if subprocess.call([path, "-c", probe]) == 0:
            return path
    return fail("The tutor needs Python %d.%d or newer; this is %s." % (MINIMUM + (sys.version.split()[0],)))


def install(extra: str) -> None:
    """Bring ``.venv`` up to what pyproject.toml and constraints.txt say; does nothing when it is already."""
    stamp = VENV / ("installed-" + (extra or "tutor"))
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and pathlib.Path(executable("python")).exists():
        return
    if not pathlib.Path(executable("python")).exists():
        create_environment()
    print("Installing into .venv (torch is the large part: a few minutes the first time) ...", flush=True)
    target = str(ROOT) + ("[%s]" % extra if extra else "")
    constraints = str(ROOT / "constraints.txt")
    pip = [executable("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run(pip + ["--constraint", constraints, "--editable", target]):
        fail("pip could not install the tutor: its own words are above.")
    stamp.write_text(wanted)


def create_environment() -> None:
    """A virtual environment with pip, also where Python was packaged without ensurepip (Debian)."""
    if run([sys.executable, "-m", "venv", str(VENV)], quiet=True) == 0:
        return
    if run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]):
        fail("python3 -m venv could not create %s." % VENV)
    wheel = str(next((ROOT / ".setup").glob("pip-*.whl")))
    # A wheel is a zip that Python can run from: pip installs itself.
    if run([executable("python"), wheel + "/pip", "install", "--quiet", "--no-index", wheel]):
        fail("pip could not be installed into %s." % VENV)


def fingerprint() -> str:
    """Changes when what is to be installed changes, or the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def executable(name: str) -> str:
    """Path of a program in the environment."""
    if os.name == "nt":
        return str(VENV / "Scripts" / (name + ".exe"))
    return str(VENV / "bin" / name)


def run(command: "list[str]", quiet: bool = False) -> int:
    """Exit status of a command run from the root of the checkout."""
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(command, cwd=str(ROOT), stdout=output, stderr=output)
    except KeyboardInterrupt:
        return 130


def fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
