#!/usr/bin/env python3
"""clang's front end accepts every .cc file: check_syntax.py ROOT BUILD [COMPILED]

Takes the flags of the build folder, warnings as errors included. What has an object file in the
build folder COMPILED, which is built with clang, is left out.
"""
import pathlib
import sys

import compile_commands


def main():
    root, build = sys.argv[1:3]
    commands = compile_commands.load(build)
    compiled = {source for folder in sys.argv[3:]
                for source, command in compile_commands.load(folder).items()
                if command.object.exists()}
    sources = [source for source in compile_commands.project_sources(root)
               if source in commands and source not in compiled]

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
