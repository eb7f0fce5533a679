#!/usr/bin/env python3
"""Compares Midflight with Lua 5.4, LuaJIT (compiler off) and gforth-fast on the same work.

    benches/compare.py              builds, measures, prints, and writes docs/performance.md
    benches/compare.py heap tree    prints only these programs
    benches/compare.py --help       lists the options

Every program in benches/programs has a peer in benches/peers for Lua, and most have one for gforth.
The yardstick is Lua 5.4. The programs take turns, so that other work on the machine affects all of them
alike. Each is pinned to one core, and the user time of its process is counted, not the time on the clock.
A language that is not installed is skipped. On Debian the packages are gforth, lua5.4 and luajit.
"""

import argparse
import math
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import document
import inputs
import runs
from runs import OURS, ROOT

WITHOUT_TEXTS = "fib loop sieve blocks queens collatz fold bf gcdsum heap tree".split()
WITH_TEXTS = "text words csv token wordsort numfmt replace".split()
GROUPS = {"programs without texts": WITHOUT_TEXTS, "programs with texts": WITH_TEXTS}
# The aims: the mean ratio of a group to Lua 5.4, and the ratio of its worst program.
AIM_OF_MEAN = 1.0
AIMS_OF_WORST = {"programs without texts": 1.3, "programs with texts": 2.0}
PROGRAMS = WITHOUT_TEXTS + WITH_TEXTS
# The first comparisons were a mean of these three against gforth.
FIRST = ["fib", "loop", "sieve"]
YARDSTICK, LUAJIT, GFORTH = "lua5.4", "luajit -joff", "gforth-fast"
# The time of gforth for the same program varies by a factor of two, so it gets more runs.
GFORTH_RUNS = 20
# These use operators on integers that LuaJIT does not have.
NOT_LUAJIT = {"collatz", "bf", "heap", "wordsort", "numfmt"}


class Contestant:
    """A language: how its programs are run, and where they are."""

    def __init__(self, name, command, ask, folder, extension):
        self.name, self.command, self.ask = name, command, ask
        self.folder, self.extension = ROOT / "benches" / folder, extension

    def file(self, program):
        """The program in this language, or none."""
        if self.name == LUAJIT and program in NOT_LUAJIT:
            return None
        file = self.folder / f"{program}.{self.extension}"
        return file if file.exists() else None

    def runs(self, rounds):
        """How often a program is run in each round."""
        return math.ceil(GFORTH_RUNS / rounds) if self.name == GFORTH else 1

    def version(self):
        # Some print the copyright after the version.
        return re.sub(r"\s+(Copyright|--).*", "", runs.said(self.ask))


PEERS = [
    Contestant(YARDSTICK, ["lua5.4"], ["lua5.4", "-v"], "peers", "lua"),
    Contestant(LUAJIT, ["luajit", "-joff"], ["luajit", "-v"], "peers", "lua"),
    Contestant(GFORTH, ["gforth-fast"], ["gforth-fast", "--version"], "peers", "fs"),
]


def comparable(output):
    """The lines of an output without the spaces at their ends, which gforth prints after a number."""
    return [line.rstrip() for line in output.strip().splitlines()]


def measure(here, programs, rounds, core, folder):
    """Seconds by program, contestant and run. Exits if two outputs differ."""
    seconds = {program: {one.name: [] for one in here if one.file(program)} for program in programs}
    sources = {program: written(program, folder) for program in programs}
    outputs = {}
    for turn in range(rounds):
        for program in programs:
            runs.progress(f"round {turn + 1} of {rounds}: {program}")
            # Each round starts with a different contestant.
            first = turn % len(here)
            for one in here[first:] + here[:first]:
                if one.name not in seconds[program]:
                    continue
                for _ in range(one.runs(rounds)):
                    command = one.command + [str(one.file(program))]
                    output, usage = runs.run(command, core, sources[program])
                    output = comparable(output)
                    if output != outputs.setdefault(program, output):
                        sys.exit(f"{program}: {one.name} prints {output}, another {outputs[program]}")
                    seconds[program][one.name].append(usage.ru_utime)
    runs.progress("")
    return seconds


def written(program, folder):
    """Writes the input of a program into a file and returns its path."""
    if program not in inputs.OF_PROGRAM:
        return os.devnull
    path = Path(folder) / program
    with open(path, "w", encoding="utf-8") as file:
        inputs.OF_PROGRAM[program](file)
    return path


def ratio(times, peer):
    """Our least time divided by the peer's."""
    return min(times[OURS]) / max(min(times[peer]), 1e-3)


def cell(times, peer):
    """The peer's least time and our ratio to it, with the lowest and the highest ratio of any round."""
    if peer not in times:
        return ""
    text = f"{min(times[peer]):.2f} s, **{ratio(times, peer):.2f}**"
    if peer == GFORTH:
        return text
    rounds = [a / max(b, 1e-3) for a, b in zip(times[OURS], times[peer])]
    return f"{text} ({min(rounds):.2f}–{max(rounds):.2f})"


def mean(values):
    """The geometric mean."""
    return math.exp(sum(math.log(value) for value in values) / len(values))


def ratios(seconds, programs, peer):
    """Our ratio to a peer by program, for the programs that both have run."""
    return {
        program: ratio(seconds[program], peer)
        for program in programs
        if program in seconds and peer in seconds[program]
    }


def table(seconds, peers):
    """The results of each program, by group."""
    rows = [["program", OURS, *(f"{name}, ratio" for name in peers)]]
    for title, programs in GROUPS.items():
        measured = [program for program in programs if program in seconds]
        for program in measured:
            times = seconds[program]
            rows.append([program, f"{min(times[OURS]):.2f} s", *(cell(times, peer) for peer in peers)])
        if len(measured) > 1:
            means = [mean_of(seconds, measured, peer) for peer in peers]
            rows.append([f"mean of the {len(measured)} {title}", "", *means])
    return document.table(rows)


def mean_of(seconds, programs, peer):
    """The mean ratio to a peer, and of how many programs if it has not run all."""
    of = ratios(seconds, programs, peer)
    if not of:
        return ""
    return f"**{mean(of.values()):.2f}**" + (f" (of {len(of)})" if len(of) < len(programs) else "")


def summary(seconds, peers):
    """The means against the yardstick, and the worst program of each group."""
    lines = []
    for title, programs in GROUPS.items():
        of = ratios(seconds, programs, YARDSTICK)
        if of:
            worst = max(of, key=of.get)
            lines.append(
                f"- {title}: a mean of {mean(of.values()):.2f} against Lua 5.4 (aim: {AIM_OF_MEAN:.1f}); "
                f"the worst is {worst} with {of[worst]:.2f} (aim: {AIMS_OF_WORST[title]:.1f})"
            )
    of = ratios(seconds, FIRST, GFORTH)
    if len(of) == len(FIRST):
        lines.append(f"- {', '.join(FIRST)}: a mean of {mean(of.values()):.2f} against gforth")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runs.add_options(parser, rounds=7)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"any of {', '.join(PROGRAMS)} [all]")
    arguments = parser.parse_args()
    unknown = [program for program in arguments.programs if program not in PROGRAMS]
    if unknown:
        parser.error(f"unknown program: {unknown[0]}")
    core = runs.core_of(parser, arguments)
    rounds = arguments.rounds
    prints = arguments.dry or arguments.programs
    if rounds < 5 and not prints:
        parser.error("what is written needs at least 5 rounds; print with --dry")
    binary = runs.binary_of(arguments)
    here = [Contestant(OURS, [binary, "run"], [], "programs", "flpc")]
    here += [peer for peer in PEERS if shutil.which(peer.command[0])]
    missing = [peer.name for peer in PEERS if peer not in here]
    for name in missing:
        print(f"{name} is not installed: skipped", file=sys.stderr)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(here, arguments.programs or PROGRAMS, rounds, core, folder)
    peers = [one.name for one in here[1:]]
    lines = runs.circumstances(rounds, core, load)
    if GFORTH in peers:
        lines[0] += f" (gforth: {rounds * here[-1].runs(rounds)} runs)"
    lines.append("- " + "; ".join([runs.version(binary), *(one.version() for one in here[1:])]))
    if missing:
        lines.append(f"- not installed, so skipped: {', '.join(missing)}")
    text = "\n".join(lines) + "\n\n" + table(seconds, peers) + "\n\n" + "\n".join(summary(seconds, peers))
    print(text)
    if not prints:
        document.write("compare.py", text)


if __name__ == "__main__":
    main()
