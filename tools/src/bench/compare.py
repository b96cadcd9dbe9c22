#!/usr/bin/env python3
"""Compares two result files of tools/bench: compare.py A B

Per workload and number of workers (several processes: processes x workers): both ratios to the baseline of their own run, and B's as a
multiple of A's. Ratios, not rates: machines differ from hour to hour.
"""
import pathlib
import sys

from merge import rows


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/bench compare A B")
    for name in sys.argv[1:]:
        if not pathlib.Path(name).exists():
            sys.exit(f"tools/bench compare: no file {name}")
    a, b = (rows(pathlib.Path(name)) for name in sys.argv[1:])
    print(f"{'workload':<20} {'workers':>7} {'A ratio':>10} {'B ratio':>10} {'B / A':>8}")
    for key in sorted(a.keys() | b.keys()):
        left = a.get(key, {}).get("ratio")
        right = b.get(key, {}).get("ratio")
        factor = f"{right / left:8.3f}" if left and right else f"{'-':>8}"
        columns = " ".join(f"{x:10.4g}" if x is not None else f"{'-':>10}" for x in (left, right))
        workers = key[1] if key[2] == 1 else f"{key[2]}x{key[1]}"
        print(f"{key[0]:<20} {workers:>7} {columns} {factor}")


if __name__ == "__main__":
    main()
