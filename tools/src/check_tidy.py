#!/usr/bin/env python3
"""clang-tidy finds nothing: check_tidy.py ROOT BUILD [-]

Every .cc file of the project; with `-` only the files listed on standard input. A header of a layer
is checked in the unit that compiles it alone (CMake makes one for each), another one in the sources
that include it. The compiler's own warnings are findings, too, so that clang need not read once more
what is listed in BUILD/read_by_tidy afterwards.
"""
import pathlib
import re
import subprocess
import sys

import compile_commands


def includers(root, headers, sources):
    """The sources that include one of the headers, directly or through other headers of `root`."""
    included_by = {}
    folders = [pathlib.Path(root, name) for name in ("tests", "examples", "tools")]
    for path in {*sources, *(header for folder in folders for header in folder.rglob("*.h"))}:
        for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
            for folder in (path.parent, root):
                included_by.setdefault((folder / name).resolve(), set()).add(path.resolve())
    found, left = set(), list(headers)
    while left:
        for path in included_by.get(left.pop(), ()):
            if path not in found:
                found.add(path)
                left.append(path)
    return found & set(sources)


def units(root, commands, names):
    """The sources in which the named files are to be checked."""
    found = set()
    elsewhere = []
    for name in names:
        path = (root / name).resolve()
        if path in commands:
            found.add(path)
        elif path.suffix == ".h":
            alone = [source for source in commands if source.as_posix().endswith(f"/{name}.cxx")]
            found.update(alone)
            if not alone:
                elsewhere.append(path)
    if elsewhere:
        sources = [path for path in compile_commands.project_sources(root) if path in commands]
        found |= includers(root, elsewhere, sources)
    return sorted(found)


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    commands = compile_commands.load(build)
    if sys.argv[3:] == ["-"]:
        sources = units(root, commands, sys.stdin.read().split("\n"))
    else:
        sources = [source for source in compile_commands.project_sources(root)
                   if source in commands]

    def check(source):
        run = subprocess.run(["clang-tidy", "--quiet", "--checks=clang-diagnostic-*", "-p", build,
                              source], capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stdout, run.stderr if not run.stdout else "", sep="", flush=True)
        return run.returncode == 0

    passed = sum(compile_commands.run_all(check, sources))
    (pathlib.Path(build) / "read_by_tidy").write_text("".join(f"{s}\n" for s in sources))
    print(f"clang-tidy: {passed} of {len(sources)} files pass")
    sys.exit(0 if passed == len(sources) else 1)


if __name__ == "__main__":
    main()
