#!/usr/bin/env python3
"""No file takes long to compile: check_compile_time.py BUILD LOG

LOG is what compile_time noted while BUILD was built. A file that took more processor time than the
limit is compiled again, alone: on a busy machine everything takes longer.
"""
import pathlib
import resource
import sys

import compile_commands

LIMIT = 15.0  # seconds
SHOWN = 5


def again(command):
    """The processor time of one more compilation."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command.run("c++", "-c", "-o", "/dev/null")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    build, log = sys.argv[1], pathlib.Path(sys.argv[2])
    times = {}
    for line in log.read_text().splitlines() if log.exists() else []:
        seconds, source = line.split("\t")
        times[source] = min(float(seconds), times.get(source, float("inf")))
    commands = compile_commands.load(build)
    too_long = []
    for source, seconds in times.items():
        command = commands.get(pathlib.Path(source).resolve())
        if seconds > LIMIT and command is not None:
            times[source] = min(seconds, again(command), again(command))
            if times[source] > LIMIT:
                too_long.append(source)
    slowest = sorted(times, key=times.get, reverse=True)
    print(f"{len(times)} files were compiled; the slowest, in seconds of processor time:")
    for source in slowest[:max(SHOWN, len(too_long))]:
        print(f"  {times[source]:5.1f}  {source}")
    if too_long:
        print(f"above {LIMIT:.0f} s: {len(too_long)} files", file=sys.stderr)
    sys.exit(1 if too_long else 0)


if __name__ == "__main__":
    main()
