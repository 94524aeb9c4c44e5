"""The table of measured deviations in docs/reproduction.md.

What: runs the golden tests, or takes the records of runs made before, and writes the largest deviation of each test file.
    python oracle/measure_deviations.py                  # golden tests and npm run full
    python oracle/measure_deviations.py records.jsonl …  # from files made with REGIONFORMER_DEVIATIONS=records.jsonl
Versions: Node's, of the project. Seed: none.
Regenerate: when a golden, a tolerance or the engine changes.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "reproduction.md"
TOLERANCES = ROOT / "tests" / "support" / "tolerances.ts"
ABSOLUTE = "absoluteTolerances"


def measured():
    """Records of a run of all golden and slow tests, full-size ones included."""
    with tempfile.TemporaryDirectory() as scratch:
        records = Path(scratch) / "records.jsonl"
        environment = {**os.environ, "REGIONFORMER_DEVIATIONS": str(records), "REGIONFORMER_FULL": "1"}
        for project, place in (("fast", "tests/golden"), ("slow", "tests/slow")):
            command = ["npx", "vitest", "run", "--project", project, place]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
        return records.read_text(encoding="utf-8")


def tolerances():
    """name -> (value, "relative" or "absolute"), as the test bed has them."""
    relative, absolute = TOLERANCES.read_text(encoding="utf-8").split(f"export const {ABSOLUTE}")
    found = {}
    for kind, text in (("relative", relative), ("absolute", absolute)):
        for name, value in re.findall(r"^  (\w+): ([\d.e-]+),$", text, re.MULTILINE):
            found[name] = (float(value), kind)
    return found


def table(text):
    worst = collections.defaultdict(lambda: (0.0, 0))
    for line in text.splitlines():
        record = json.loads(line)
        if not record["file"].startswith(("tests/golden/", "tests/slow/")):
            continue
        key = record["file"], record["tolerance"]
        largest, count = worst[key]
        worst[key] = max(largest, record["distance"]), count + 1
    known = tolerances()
    rows = ["| test file | comparisons | largest deviation | tolerance |", "|---|---|---|---|"]
    for (file, name), (largest, count) in sorted(worst.items()):
        value, kind = known[name]
        shown = "0" if largest == 0 else f"{largest:.1e}"
        rows.append(f"| `{file}` | {count} | {shown} {kind} | {value:g} ({name}) |")
    return "\n".join(rows)


def write(rows):
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = "<!-- deviations -->\n", "<!-- /deviations -->"
    before, rest = text.split(begin)
    DOCUMENT.write_text(f"{before}{begin}\n{rows}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")
    print(rows)


if __name__ == "__main__":
    files = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]
    write(table("".join(files) if files else measured()))
