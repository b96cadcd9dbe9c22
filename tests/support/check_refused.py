#!/usr/bin/env python3
"""A program that must not compile: check_refused.py BUILD COMPILER SOURCE

The compiler must refuse the source, and its output must hold the text of each line
`// refused: <text>` of it, so that it is refused for the reason that is meant, in words that help.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/src"))
import compile_commands  # noqa: E402


def main():
    build, compiler, source = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    reasons = re.findall(r"^// refused: (.+)$", source.read_text(), re.MULTILINE)
    run = compile_commands.load(build)[source].run(compiler, "-fsyntax-only")
    problems = [f"the compiler does not say: {reason}" for reason in reasons
                if reason not in run.stderr]
    if not reasons:
        problems.append("the source has no line `// refused: <what the compiler must say>`")
    if run.returncode == 0:
        problems.append("it compiles")
    if problems:
        print(f"{source}:", *problems, "--- the compiler's output", run.stderr, sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
