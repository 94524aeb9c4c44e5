"""Makes every golden file again: runs each script of this folder, or those named on the command line.

What: one process per script with a `main()`, in alphabetical order; stops at the first that fails.
Versions: see requirements.txt. Seed: each script's own.
Regenerate: run it when a script changed, then look at what git says about tests/golden.
"""

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def scripts():
    """Every script here that makes files: those with a `main()`, this one apart."""
    candidates = (path for path in sorted(FOLDER.glob("*.py")) if path != Path(__file__).resolve())
    return {path.stem: path for path in candidates if "\ndef main(" in path.read_text(encoding="utf-8")}


def main():
    known = scripts()
    wanted = sys.argv[1:] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"No such oracle: {', '.join(unknown)}. There are: {', '.join(known)}.")
    for name in wanted:
        print(f"== {name}", flush=True)
        start = time.monotonic()
        outcome = subprocess.run([sys.executable, str(known[name])], cwd=FOLDER.parent)
        if outcome.returncode != 0:
            sys.exit(f"oracle/{name}.py failed with code {outcome.returncode}.")
        print(f"   {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
