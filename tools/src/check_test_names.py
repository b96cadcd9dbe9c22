#!/usr/bin/env python3
"""Every test case has a name that CTest can hand to Catch2: check_test_names.py ROOT

CTest runs a case by giving its name to the test program as an argument, which Catch2 reads as a
filter. A name that begins with a dash is an option to it, ~ excludes, * and [tag] match more than
the case, a semicolon ends a word of CMake's: such a case does not run, and may pass all the same.
"""
import pathlib
import re
import sys

CASE = re.compile(r'\bTEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
NAME = re.compile(r"[A-Za-z0-9`](?:[\w ,.:'`=^()+/-]*[\w'`)])?", re.ASCII)


def check_text(path, text):
    """The problems of one source, a line each."""
    for case in CASE.finditer(text):
        name = "".join(LITERAL.findall(case.group(1)))
        if not NAME.fullmatch(name) or "  " in name:
            line = text.count("\n", 0, case.start()) + 1
            yield (f"{path}:{line}: a test's name begins with a letter or a digit and holds "
                   f"letters, digits, single spaces and ,.:'`=^()+/-_ only: {name}")


def main():
    root = pathlib.Path(sys.argv[1])
    problems = [problem for path in sorted((root / "tests").rglob("*.cc"))
                for problem in check_text(path.relative_to(root), path.read_text())]
    print(*problems, sep="\n", end="\n" if problems else "")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
