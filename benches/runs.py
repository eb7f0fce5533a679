"""Runs programs and counts their processor time; knows the machine and the binary that is measured."""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = "midflight"


def build():
    """Builds Midflight without its window and returns the path of the program."""
    command = ["cargo", "build", "--release", "--no-default-features", "--features", "cli", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        sys.exit("the build failed")
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == OURS:
            return message["executable"]
    sys.exit("the build made no program")


def binary_of(arguments):
    """The binary to measure: the one that was asked for, or one that is built now."""
    return os.path.abspath(arguments.binary) if arguments.binary else build()


def add_options(parser, rounds):
    """Adds the options that all measurements have."""
    parser.add_argument(
        "--rounds", type=int, default=rounds, metavar="N", help=f"how often each is run [{rounds}]"
    )
    parser.add_argument("--binary", metavar="FILE", help="measure this binary instead of building one")
    parser.add_argument("--core", type=int, metavar="N", help="the core to pin to [the last]")
    parser.add_argument("--dry", action="store_true", help="only print, do not write docs/performance.md")


def core_of(parser, arguments):
    """The core to pin to, or none where the system cannot. Ends the script if the options are wrong."""
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = os.sched_getaffinity(0)
    core = max(allowed) if arguments.core is None else arguments.core
    if core not in allowed:
        parser.error(f"core {core} is not available")
    return core


def start(command, core, stdin):
    """Starts a command on one core."""
    pin = None
    if core is not None:
        pin = lambda: os.sched_setaffinity(0, {core})
    return subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=pin
    )


def run(command, core, source=os.devnull, wanted=0):
    """Runs a command with a file as its input until it ends with the wanted exit code. Returns its output
    and what it used."""
    with open(source, "rb") as stdin:
        process = start(command, core, stdin)
    with process:
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != wanted:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return output, usage


def said(command):
    """The first line of a command's output."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "unknown"


def version(binary):
    """The version of the binary and of the compiler."""
    rust = " ".join(said(["rustc", "--version"]).split()[:2])
    return f"{said([binary, '--version'])} ({rust})"


def processor():
    """The name of the processor."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


def circumstances(rounds, core, load):
    """Lines that say when and where this was measured. `load` is the load average before."""
    now = datetime.datetime.now(datetime.timezone.utc)
    pinned = f"pinned to core {core}" if core is not None else "not pinned"
    return [
        f"- {now:%Y-%m-%d %H:%M} UTC, rounds: {rounds}",
        f"- {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {pinned}",
        f"- load average {load:.1f} before, {os.getloadavg()[0]:.1f} after (1 is this measurement itself)",
    ]


def progress(text):
    """Shows on standard error what is being measured, on one line."""
    print(f"{text:70}", end="\r", file=sys.stderr, flush=True)
