#!/usr/bin/env python3
"""Replaces rows of a results file: merge.py RESULTS FRESH

Rows of FRESH take the place of rows of RESULTS with the same workload, workers and
processes; the others stay.
"""
import json
import os
import pathlib
import sys


def rows(path):
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text().splitlines():
        row = json.loads(line)
        found[row["workload"], row["workers"], row["processes"]] = row
    return found


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    results = pathlib.Path(sys.argv[1])
    merged = {**rows(results), **rows(pathlib.Path(sys.argv[2]))}
    fresh = results.with_suffix(".new")
    fresh.write_text("".join(json.dumps(row) + "\n" for row in merged.values()))
    os.replace(fresh, results)


if __name__ == "__main__":
    main()
