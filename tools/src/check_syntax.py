#!/usr/bin/env python3
"""Every .cc file passes another compiler's front end: check_syntax.py ROOT BUILD [COMPILER]

Takes the flags of the build folder, warnings as errors included. COMPILER: clang++ by default.
"""
import pathlib
import sys

import compile_commands


def main():
    root, build, compiler = (sys.argv[1:] + ["clang++"])[:3]
    commands = compile_commands.load(build)
    sources = [source for source in compile_commands.project_sources(root) if source in commands]

    def check(source):
        run = commands[source].run(compiler, "-fsyntax-only")
        if run.returncode != 0:
            print(f"{source.relative_to(pathlib.Path(root).resolve())}:\n{run.stderr}", flush=True)
        return run.returncode == 0

    passed = sum(compile_commands.run_all(check, sources))
    print(f"{compiler}: {passed} of {len(sources)} files pass")
    sys.exit(0 if passed == len(sources) else 1)


if __name__ == "__main__":
    main()
