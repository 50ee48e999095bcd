"""Reads CSV files with pandas as an analyst would, and checks every cell against Python's own csv
module; prints, as JSON, what kind each column of each file was read as."""

import csv
import json
import sys

import pandas


def kind(column):
    if column.isna().all():
        return "empty"
    if isinstance(column.dtype, pandas.DatetimeTZDtype):
        assert str(column.dt.tz) == "UTC", column.dt.tz
        return "time"
    # With empty cells among them pandas keeps Python's own.
    if all(isinstance(cell, bool) for cell in column.dropna()):
        return "boolean"
    return "number" if pandas.api.types.is_numeric_dtype(column) else "text"


def is_same(text, cell, kind):
    """Whether a cell is what its text says."""
    if not text:
        return pandas.isna(cell)
    if kind == "number":
        return float(text) == cell
    if kind == "time":
        return text.endswith("Z") and pandas.Timestamp(text) == cell
    if kind == "boolean":
        return text == ("true" if cell else "false")
    return text == cell


def kinds(path):
    frame = pandas.read_csv(path)
    for name in ("at", "started_at"):
        if name in frame:
            frame[name] = pandas.to_datetime(frame[name])
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, strict=True)
    assert header == list(frame.columns), (path, header, list(frame.columns))
    assert len(rows) == len(frame), (path, len(rows), len(frame))
    result = {name: kind(frame[name]) for name in header}
    for index, name in enumerate(header):
        for row, cell in zip(rows, frame[name]):
            assert is_same(row[index], cell, result[name]), (path, name, row[index], cell)
    return result


print(json.dumps({path: kinds(path) for path in sys.argv[1:]}))
