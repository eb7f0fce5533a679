#!/usr/bin/env python3
"""Measures how the time and the memory of the command line grow with the size of what it is given.

    benches/curves.py               builds, measures, prints, and writes docs/performance.md
    benches/curves.py load          prints only the curves with all of these words in their names
    benches/curves.py --help        lists the options

Each curve has three sizes. Its exponent compares the last two: with 1 the work grows like the size, with
2 like its square. The three sizes take turns, and the least of all rounds counts. A time is the user and
system time of the process, less that of an empty program. Memory is the greatest that the process took,
less that of an empty image. Edits are measured without a process: cargo bench --bench curves.
"""

import argparse
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import document
import inputs
import runs

# A greater exponent is marked.
MOST = 1.25
WAITS_FOR_INPUT = 6
COUNT_LINES = "0 assign: n  [ input.ended not ] [ input.line drop  n 1+ assign: n ] while  n print_line\n"


class Bench:
    """What runs: the binary, its core, and a folder for files."""

    def __init__(self, binary, core, folder):
        self.binary, self.core, self.folder = binary, core, Path(folder)

    def file(self, name, text):
        """Writes a file and returns its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def image(self, program, wanted=0):
        """The image of a program that has run until it finished, or until it waits for input."""
        image = program.with_suffix(".ron")
        command = [self.binary, "run", "--save", str(image), str(program)]
        runs.run(command, self.core, wanted=wanted)
        return image

    def seconds(self, file, source=os.devnull):
        """The processor time of a program or image."""
        _, usage = runs.run([self.binary, "run", str(file)], self.core, source)
        return usage.ru_utime + usage.ru_stime

    def peak(self, image):
        """The most memory that a process took that has loaded an image, which waits for two lines."""
        # The memory that wait4 reports begins with that of this script, so the system is asked in between.
        command = [self.binary, "run", str(image)]
        with runs.start(command, self.core, subprocess.PIPE) as process:
            process.stdin.write(b"\n")
            process.stdin.flush()
            if process.stdout.readline() != b"loaded\n":
                sys.exit(f"{image} was not loaded")
            status = Path(f"/proc/{process.pid}/status").read_text()
            process.stdin.close()
        return 1024 * int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE).group(1))


def each(n, one):
    """What is made for each number below n, on lines."""
    return "".join(f"{one(i)}\n" for i in range(n))


# --- what is measured: each prepares the files for a size and returns what to run ------------------------


def program(text_of):
    """Loads and runs a program."""

    def prepare(bench, name, n):
        file = bench.file(f"{name}.flpc", text_of(n))
        return lambda: bench.seconds(file)

    return prepare


def image(text_of):
    """Loads the image of a program."""

    def prepare(bench, name, n):
        file = bench.image(bench.file(f"{name}.flpc", text_of(n)))
        return lambda: bench.seconds(file)

    return prepare


def lines(size):
    """Counts lines of this many bytes; n is how many bytes there are in all."""

    def prepare(bench, name, n):
        file, source = bench.file(f"{name}.flpc", COUNT_LINES), bench.folder / f"{name}.txt"
        with open(source, "w", encoding="utf-8") as stream:
            inputs.lines(stream, n // size, size)
        return lambda: bench.seconds(file, source)

    return prepare


def memory(text_of):
    """Loads an image and tells the memory that it took."""

    def prepare(bench, name, n):
        text = text_of(n) + 'input.line drop "loaded" print_line input.line drop\n'
        file = bench.image(bench.file(f"{name}.flpc", text), wanted=WAITS_FOR_INPUT)
        return lambda: bench.peak(file)

    return prepare


def definitions(n):
    return each(n, lambda i: f"[ f{max(i, 1) - 1} ] bind: f{i}")


def globals_(n):
    return each(n, lambda i: f"{i} set: x{i}")


def long_function(n):
    return f"[ {each(n // 2, lambda i: f'{i} drop')}] bind: f\n"


def texts_of_pieces(n):
    """100 texts of n bytes each."""
    build = f'[ "" {n // 4} [ "abc," str_join ] times ] bind: build\n'
    return build + "0 100 [ build str_len + ] times print_line\n"


def texts_of_full_size(n):
    """n texts of 65,536 bytes, one after the other."""
    build = '[ "" 4096 [ "sixteen bytes..." str_join ] times ] bind: build\n'
    return build + f"0 {n} [ build str_len + ] times print_line\n"


def kept(text):
    """n different texts in the cells of a data body."""
    return lambda n: (
        f"{n} allocate assign: list  0 assign: i\n"
        f"{n} [ {text} i int_to_str str_join list i memory.set  i 1+ assign: i ] times\n"
    )


def printing(n):
    return f'0 assign: i  {n} [ "line " print i print_line  i 1+ assign: i ] times\n'


def cells(n):
    """A data body of n numbers."""
    return (
        f"{n} allocate assign: list  0 assign: i\n"
        f"{n} [ i 7919 * 1000003 mod list i memory.set  i 1+ assign: i ] times\n"
    )


DEFINED = (10_000, 30_000, 100_000)
# Name, sizes, and how a size is prepared.
TIMES = [
    ("load n definitions", DEFINED, program(definitions)),
    ("load n definitions as an image", DEFINED, image(definitions)),
    ("load and set n globals", DEFINED, program(globals_)),
    ("load n globals as an image", DEFINED, image(globals_)),
    ("load a function of n cells", (30_000, 100_000, 300_000), program(long_function)),
    ("load a function of n cells as an image", (30_000, 100_000, 300_000), image(long_function)),
    ("count n bytes of lines of 12 bytes", (3_000_000, 6_000_000, 12_000_000), lines(12)),
    ("count n bytes of lines of 100 bytes", (25_000_000, 50_000_000, 100_000_000), lines(100)),
    ("build 100 texts of n bytes in pieces of 4", (16_384, 32_768, 65_536), program(texts_of_pieces)),
    ("build n texts of 65,536 bytes in pieces of 16", (100, 300, 1_000), program(texts_of_full_size)),
    ("keep n short texts in data", (100_000, 300_000, 1_000_000), program(kept('""'))),
    ("keep n texts of 50 bytes in data", (100_000, 300_000, 1_000_000), program(kept(f'"{"-" * 44}"'))),
    ("print n lines", (100_000, 300_000, 1_000_000), program(printing)),
]
MEMORY = [
    ("load an image of n cells of data", (1_000_000, 2_000_000, 4_000_000), memory(cells)),
    ("load an image of n cells of code", (100_000, 300_000, 1_000_000), memory(long_function)),
    ("load an image of n definitions", DEFINED, memory(definitions)),
]


def measure(bench, curve, rounds, empty):
    """The least figure of each size, less that of an empty program."""
    name, sizes, prepare = curve
    work = [prepare(bench, f"size-{n}", n) for n in sizes]
    figures = [[] for _ in sizes]
    for turn in range(rounds):
        runs.progress(f"round {turn + 1} of {rounds}: {name}")
        for figure, run in zip(figures, work):
            figure.append(run())
    runs.progress("")
    for file in bench.folder.iterdir():
        file.unlink()
    return [max(min(figure) - empty, 1e-6) for figure in figures]


def least(rounds, run):
    return min(run() for _ in range(rounds))


def exponent(sizes, figures):
    """How the figures grow between the last two sizes: 1 like the size, 2 like its square."""
    return math.log(figures[2] / figures[1]) / math.log(sizes[2] / sizes[1])


def marked(value):
    return f"**{value:.2f}: more than linear**" if value > MOST else f"{value:.2f}"


def row_of_times(curve, seconds):
    name, sizes, _ = curve
    columns = [f"{n:,}: {second:.3f} s" for n, second in zip(sizes, seconds)]
    return [name, *columns, marked(exponent(sizes, seconds))]


def row_of_memory(curve, bytes_):
    name, sizes, _ = curve
    columns = [f"{n:,}: {size / 1e6:.1f} MB" for n, size in zip(sizes, bytes_)]
    return [name, *columns, marked(exponent(sizes, bytes_)), f"{bytes_[2] / sizes[2]:.0f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runs.add_options(parser, rounds=5)
    parser.add_argument("words", nargs="*", metavar="WORD", help="words in the names of the curves [all]")
    arguments = parser.parse_args()
    core = runs.core_of(parser, arguments)
    wanted = lambda curves: [c for c in curves if all(word in c[0].split() for word in arguments.words)]
    times, memories = wanted(TIMES), wanted(MEMORY)
    if not times and not memories:
        parser.error("no curve has all of these words in its name")
    binary, rounds = runs.binary_of(arguments), arguments.rounds
    if not Path("/proc/self/status").exists():
        print("this system does not tell the memory of a process: skipped", file=sys.stderr)
        memories = []
    load = os.getloadavg()[0]
    head = ["", "small", "middle", "large", "exponent"]
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(binary, core, folder)
        if times:
            empty = least(rounds, program(lambda n: "")(bench, "empty", 0))
            rows = [row_of_times(curve, measure(bench, curve, rounds, empty)) for curve in times]
            tables.append(document.table([["time", *head[1:]], *rows]))
        if memories:
            empty = least(rounds, memory(lambda n: "")(bench, "empty", 0))
            rows = [row_of_memory(curve, measure(bench, curve, rounds, empty)) for curve in memories]
            tables.append(document.table([["memory", *head[1:], "bytes each"], *rows]))
    lines_ = [*runs.circumstances(rounds, core, load), f"- {runs.version(binary)}"]
    text = "\n\n".join(["\n".join(lines_), *tables])
    print(text)
    if not arguments.dry and not arguments.words:
        document.write("curves.py", text)


if __name__ == "__main__":
    main()
