#!/usr/bin/env python3
"""Compares Midflight with gforth-fast, Lua 5.4 and LuaJIT (compiler off) on the same work.

    benches/compare.py              builds, measures, prints, and writes docs/performance.md
    benches/compare.py --help       lists the options

Every program in benches/programs has a peer in benches/peers for each language. The programs take
turns, so that other work on the machine affects all of them alike. Each is pinned to one core, and the
processor time of its process is counted, not the time on the clock. A peer that is not installed is
skipped. Needs only Python 3. On Debian the peers are the packages gforth, lua5.4 and luajit.
"""

import argparse
import datetime
import json
import math
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- compare.py begins -->", "<!-- compare.py ends -->"
# The mean is over these three. The other programs show what these leave out.
MEAN = ["fib", "loop", "sieve"]
PROGRAMS = MEAN + ["text", "blocks"]
OURS = "midflight"
# Name, command, extension of its programs, command that prints its version.
PEERS = [
    ("gforth-fast", ["gforth-fast"], "fs", ["gforth-fast", "--version"]),
    ("lua5.4", ["lua5.4"], "lua", ["lua5.4", "-v"]),
    ("luajit -joff", ["luajit", "-joff"], "lua", ["luajit", "-v"]),
]


def build():
    """Builds Midflight without its window and returns the path of the program."""
    command = ["cargo", "build", "--release", "--no-default-features", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        sys.exit("the build failed")
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == OURS:
            return message["executable"]
    sys.exit("the build made no program")


def contestants(binary):
    """Name, command, folder and extension of each installed language; the names of the missing ones."""
    here, missing = [(OURS, [binary, "run"], ROOT / "benches" / "programs", "flpc")], []
    for name, command, extension, _ in PEERS:
        if shutil.which(command[0]):
            here.append((name, command, ROOT / "benches" / "peers", extension))
        else:
            missing.append(name)
    return here, missing


def run(command, core):
    """Runs a command on one core and returns its output and its processor time in seconds."""
    pin = None
    if core is not None:
        pin = lambda: os.sched_setaffinity(0, {core})
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=pin
    )
    output = process.stdout.read().decode().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return output, usage.ru_utime


def measure(here, programs, repeat, core):
    """Seconds by program, contestant and round. Exits if two outputs differ."""
    seconds = {program: {name: [] for name, *_ in here} for program in programs}
    outputs = {}
    for turn in range(repeat):
        for program in programs:
            print(f"round {turn + 1} of {repeat}: {program}   ", end="\r", file=sys.stderr, flush=True)
            # Each round starts with a different contestant.
            first = turn % len(here)
            for name, command, folder, extension in here[first:] + here[:first]:
                output, time = run(command + [str(folder / f"{program}.{extension}")], core)
                if output != outputs.setdefault(program, output):
                    sys.exit(f"{program}: {name} prints {output}, another {outputs[program]}")
                seconds[program][name].append(time)
    print(" " * 40, end="\r", file=sys.stderr)
    return seconds


def ratios(times, peer):
    """Our time divided by the peer's: for the minima of both, and the lowest and highest of any round."""
    ours, theirs = times[OURS], [max(time, 1e-6) for time in times[peer]]
    rounds = [a / b for a, b in zip(ours, theirs)]
    return min(ours) / min(theirs), min(rounds), max(rounds)


def mean(values):
    """The geometric mean."""
    return math.exp(sum(math.log(value) for value in values) / len(values))


def table(seconds, peers):
    """The results as a table."""
    head = ["program", "midflight", *(f"{name}, ratio" for name in peers)]
    rows = [head, ["---"] * len(head)]
    for program, times in seconds.items():
        row = [program, f"{min(times[OURS]):.2f} s"]
        for peer in peers:
            ratio, least, most = ratios(times, peer)
            row.append(f"{min(times[peer]):.2f} s, **{ratio:.2f}** ({least:.2f}–{most:.2f})")
        rows.append(row)
    for title, list_ in (("mean of " + ", ".join(MEAN), MEAN), ("mean of all", PROGRAMS)):
        if peers and all(program in seconds for program in list_):
            row = [title, ""]
            for peer in peers:
                triples = [ratios(seconds[program], peer) for program in list_]
                ratio, least, most = (mean(values) for values in zip(*triples))
                row.append(f"**{ratio:.2f}** ({least:.2f}–{most:.2f})")
            rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def said(command):
    """The first line of a command's output."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "unknown"


def processor():
    """The name of the processor."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


def description(here, missing, repeat, core, load):
    """What was measured, where and when."""
    rust = " ".join(said(["rustc", "--version"]).split()[:2])
    versions = [f"{said([here[0][1][0], '--version'])} ({rust})"]
    for name, _, _, ask in PEERS:
        if name in [name for name, *_ in here]:
            # Some print the copyright after the version.
            versions.append(re.sub(r"\s+(Copyright|--).*", "", said(ask)))
    now = datetime.datetime.now(datetime.timezone.utc)
    after = os.getloadavg()[0]
    lines = [
        f"- {now:%Y-%m-%d %H:%M} UTC, {repeat} rounds",
        f"- {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
        + (f", pinned to core {core}" if core is not None else ", not pinned"),
        f"- load average {load:.1f} before, {after:.1f} after (1 is this measurement itself)",
        f"- {'; '.join(versions)}",
    ]
    if missing:
        lines.append(f"- not installed, so skipped: {', '.join(missing)}")
    return "\n".join(lines)


def write(text):
    """Replaces the results between the marks in the document."""
    document = DOCUMENT.read_text()
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{DOCUMENT.relative_to(ROOT)} lacks the marks {BEGIN} and {END}")
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="how often each program runs [7]")
    parser.add_argument("--binary", metavar="FILE", help="measure this binary instead of building one")
    parser.add_argument("--core", type=int, metavar="N", help="the core to pin to [the last]")
    parser.add_argument("--dry", action="store_true", help="only print, do not write docs/performance.md")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"any of {', '.join(PROGRAMS)} [all]")
    arguments = parser.parse_args()
    unknown = [program for program in arguments.programs if program not in PROGRAMS]
    if unknown:
        parser.error(f"unknown program: {unknown[0]}")
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    core = arguments.core
    if hasattr(os, "sched_getaffinity"):
        allowed = os.sched_getaffinity(0)
        core = max(allowed) if core is None else core
        if core not in allowed:
            parser.error(f"core {core} is not available")
    else:
        core = None
    here, missing = contestants(arguments.binary or build())
    for name in missing:
        print(f"{name} is not installed: skipped", file=sys.stderr)
    load = os.getloadavg()[0]
    seconds = measure(here, arguments.programs or PROGRAMS, arguments.rounds, core)
    result = table(seconds, [name for name, *_ in here[1:]])
    text = description(here, missing, arguments.rounds, core, load) + "\n\n" + result
    print(text)
    if not arguments.dry and not arguments.programs:
        write(text)


if __name__ == "__main__":
    main()
