#!/usr/bin/env python3
"""No file takes long to compile: check_compile_time.py BUILD LOG

LOG is what compile_time noted while BUILD was built. The limit is a multiple of what one header of
CAF takes on this machine, now: 15 s where that takes 1.5 s. A file above it is compiled again,
alone: beside other work everything takes longer.
"""
import pathlib
import resource
import subprocess
import sys

import compile_commands

HEADER = "caf/all.hpp"
LIMIT = 10  # times the header
SHOWN = 5


def processor_time(work):
    """The seconds of processor time that the processes started by work() took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def header():
    """The processor time of HEADER, the least of three."""
    def compile_it():
        subprocess.run(["c++", "-std=c++20", "-x", "c++", "-c", "-o", "/dev/null", "-"],
                       input=f"#include <{HEADER}>\n", text=True, check=True)
    return min(processor_time(compile_it) for _ in range(3))


def main():
    build, log = sys.argv[1], pathlib.Path(sys.argv[2])
    times = {}
    for line in log.read_text().splitlines() if log.exists() else []:
        seconds, source = line.split("\t")
        times[source] = min(float(seconds), times.get(source, float("inf")))
    unit = header()
    limit = LIMIT * unit
    commands = compile_commands.load(build)
    too_long = []
    for source, seconds in times.items():
        command = commands.get(pathlib.Path(source).resolve())
        if seconds > limit and command is not None:
            alone = processor_time(lambda: command.run("c++", "-c", "-o", "/dev/null"))
            times[source] = min(seconds, alone)
            if times[source] > limit:
                too_long.append(source)
    slowest = sorted(times, key=times.get, reverse=True)
    print(f"{len(times)} files were compiled; the slowest, in seconds of processor time "
          f"({HEADER} alone: {unit:.1f}):")
    for source in slowest[:max(SHOWN, len(too_long))]:
        print(f"  {times[source]:5.1f}  {source}")
    if too_long:
        print(f"above {limit:.0f} s, {LIMIT} times {HEADER}: {len(too_long)} files",
              file=sys.stderr)
    sys.exit(1 if too_long else 0)


if __name__ == "__main__":
    main()
