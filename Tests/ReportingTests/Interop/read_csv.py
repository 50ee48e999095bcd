"""Reads a CSV file with Python's csv module, strictly; prints its rows as a JSON array."""

import csv
import json
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as file:
    print(json.dumps(list(csv.reader(file, strict=True))))
