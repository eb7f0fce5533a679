"""Tables, and the parts of docs/performance.md that scripts write."""

import sys

from runs import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"


def table(rows):
    """Rows as a table. The first holds the titles."""
    rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write(script, text):
    """Replaces what is between the marks of a script."""
    begin, end = f"<!-- {script} begins -->", f"<!-- {script} ends -->"
    before, has_begin, rest = DOCUMENT.read_text().partition(begin)
    _, has_end, after = rest.partition(end)
    if not has_begin or not has_end:
        sys.exit(f"{DOCUMENT.relative_to(ROOT)} lacks the marks {begin} and {end}")
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}")
