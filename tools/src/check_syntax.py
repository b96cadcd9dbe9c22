#!/usr/bin/env python3
"""clang's front end accepts every .cc file: check_syntax.py ROOT BUILD

Takes the flags of the build folder, warnings as errors included. What BUILD/read_by_tidy lists has
been read with them already.
"""
import pathlib
import sys

import compile_commands


def main():
    root, build = sys.argv[1:]
    commands = compile_commands.load(build)
    done = pathlib.Path(build, "read_by_tidy")
    read = set(done.read_text().splitlines()) if done.exists() else set()
    sources = [source for source in compile_commands.project_sources(root)
               if source in commands and str(source) not in read]

    def check(source):
        run = commands[source].run("clang++", "-fsyntax-only")
        if run.returncode != 0:
            print(f"{source.relative_to(pathlib.Path(root).resolve())}:\n{run.stderr}", flush=True)
        return run.returncode == 0

    passed = sum(compile_commands.run_all(check, sources))
    print(f"clang: {passed} of {len(sources)} files pass")
    sys.exit(0 if passed == len(sources) else 1)


if __name__ == "__main__":
    main()
