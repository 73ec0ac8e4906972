"""``python3 -m tutor.start``: from a fresh clone to the open tutor, or to passed tests, in one command.

Runs under whatever ``python3`` a machine has, before anything is installed, so: standard library only, and
no syntax that an older Python cannot parse (it must be able to say that it is too old). Everything is
installed into ``.venv`` beside the code; the system's own Python is never written to.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
MINIMUM = (3, 10)
NAMES = ("python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python3", "python")

USAGE = """usage: python3 -m tutor.start [ARGUMENTS OF tutor]
       python3 -m tutor.start --test [ARGUMENTS OF pytest]

Installs the tutor into .venv (only when something changed), then opens it or runs every test."""


def main():
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if sys.version_info < MINIMUM:
        return run([newer_python(), "-m", "tutor.start"] + arguments)
    testing = arguments[:1] == ["--test"]
    install("dev" if testing else "")
    if testing:
        return run([executable("python"), "-m", "pytest"] + arguments[1:])
    return run([executable("tutor")] + arguments)


def newer_python():
    """Another interpreter on this machine that is new enough; ends the program if there is none."""
    for name in NAMES:
        path = shutil.which(name)
        probe = "import sys; sys.exit(sys.version_info < (%d, %d))" % MINIMUM
        if path and subprocess.call([path, "-c", probe]) == 0:
            return path
    fail("The tutor needs Python %d.%d or newer; this is %s." % (MINIMUM + (sys.version.split()[0],)))


def install(extra):
    """Bring ``.venv`` up to what pyproject.toml and constraints.txt say; does nothing when it is already."""
    stamp = os.path.join(VENV, "installed-" + (extra or "tutor"))
    wanted = fingerprint()
    if read(stamp) == wanted and os.path.exists(executable("python")):
        return
    if not os.path.exists(executable("python")):
        create_environment()
    print("Installing into .venv (torch is the large part: a few minutes the first time) ...", flush=True)
    target = ROOT + ("[%s]" % extra if extra else "")
    constraints = os.path.join(ROOT, "constraints.txt")
    pip = [executable("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run(pip + ["--constraint", constraints, "--editable", target]):
        fail("pip could not install the tutor: its own words are above.")
    with open(stamp, "w") as file:
        file.write(wanted)


def create_environment():
    """A virtual environment with pip, also where Python was packaged without ensurepip (Debian)."""
    if run([sys.executable, "-m", "venv", VENV], quiet=True) == 0:
        return
    if run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV]):
        fail("python3 -m venv could not create %s." % VENV)
    folder = os.path.join(ROOT, ".setup")
    wheel = os.path.join(folder, next(name for name in os.listdir(folder) if name.startswith("pip-")))
    # A wheel is a zip that Python can run from: pip installs itself.
    if run([executable("python"), os.path.join(wheel, "pip"), "install", "--quiet", "--no-index", wheel]):
        fail("pip could not be installed into %s." % VENV)


def fingerprint():
    """Changes when what is to be installed changes, or the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def executable(name):
    """Path of a program in the environment."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", name + ".exe")
    return os.path.join(VENV, "bin", name)


def read(path):
    """Text of a file; empty if it is not there."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def run(command, quiet=False):
    """Exit status of a command run from the root of the checkout."""
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(command, cwd=ROOT, stdout=output, stderr=output)
    except KeyboardInterrupt:
        return 130


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
