#!/usr/bin/env python3
"""Every .cc file is compiled by some target: check_sources.py ROOT BUILD

A source that no target compiles, a test above all, looks like coverage and is none.
"""
import pathlib
import sys

import compile_commands


def main():
    root, build = sys.argv[1:]
    known = compile_commands.load(build)
    missing = [source for source in compile_commands.project_sources(root) if source not in known]
    for source in missing:
        print(f"{source.relative_to(pathlib.Path(root).resolve())}: compiled by no target; "
              "tests/CMakeLists.txt lists the test folders, CMakeLists.txt the layers")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
