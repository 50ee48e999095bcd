"""Reads every golden frame again and compares with the file beside it; the exit status tells.

    check_golden.py GOLDEN_FOLDER
"""

import json
import re
import sys
from pathlib import Path

from decode_frame import describe

# What would tell of the machine that made a frame.
PRIVATE = re.compile(rb"/(?:home|root|tmp|work|usr)\b")

failures = count = 0
for path in sorted(Path(sys.argv[1]).glob("*/*.bin")):
    count += 1
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    frame = path.read_bytes()
    try:
        found = describe(frame, expected["apiKey"], expected["apiVersion"], expected["direction"])
        verdict = None if found == expected else "it differs from the file beside it"
    except Exception as error:
        verdict = str(error)
    if PRIVATE.search(frame):
        verdict = "it names a path of the machine that made it"
    if verdict:
        failures += 1
        print(f"{path}: {verdict}", file=sys.stderr)
print(f"{count} frames read, {failures} of them wrong")
sys.exit(1 if failures or not count else 0)
