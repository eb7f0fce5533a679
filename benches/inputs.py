"""Makes the inputs of the programs that read: the same bytes on every machine and with every Python 3.

Only `Random.random` is used, because the results of the other methods differ between versions.
"""

from random import Random

LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
NAMES = "Ada Alan Barbara Donald Edsger Frances Grace Ken Niklaus Tony".split()
TOWNS = "Berlin Lisbon Oslo Paris Quito Rome Zug".split()
WORDS = 330_000
VOCABULARY = 5_000
ROWS = 135_000


def words(file):
    """About 2 MB of made-up words, eleven on a line, few of them frequent and most of them rare."""
    random = Random(11).random
    size = lambda: 2 + int(8 * random())
    letter = lambda: LETTERS[int(len(LETTERS) * random())]
    vocabulary = ["".join(letter() for _ in range(size())) for _ in range(VOCABULARY)]
    # A word's frequency falls with its rank, as in real texts.
    chosen = [vocabulary[int(VOCABULARY ** random()) - 1] for _ in range(WORDS)]
    for start in range(0, WORDS, 11):
        file.write(" ".join(chosen[start : start + 11]) + "\n")


def rows(file):
    """About 4 MB of rows of five fields. Some have no amount, and some have a field too many."""
    random = Random(12).random
    for number in range(ROWS):
        name, town = NAMES[int(len(NAMES) * random())], TOWNS[int(len(TOWNS) * random())]
        amount = "n/a" if number % 997 == 0 else int(100_000 * random())
        excess = "," if number % 501 == 0 else ""
        file.write(f"{number},{name},room {int(20 * random())},{amount},{town}{excess}\n")


def lines(file, count, size):
    """Lines that all differ, of `size` bytes each with the line end."""
    for number in range(count):
        file.write(f"{number:0{size - 1}}\n")


# The input of each program that reads.
OF_PROGRAM = {"words": words, "csv": rows}
