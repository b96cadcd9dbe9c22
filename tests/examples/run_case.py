#!/usr/bin/env python3
"""Runs one golden case of an example program: run_case.py PROGRAM CASE_FOLDER SHAPE

SHAPE is a number of workers, or PROCESSESxWORKERS for a cluster on this machine, such as 3x2.

The case's folder is the working directory and holds
  args          the arguments, quoted as in a shell, on any number of lines (optional)
  input         what is fed to standard input (optional; else it is empty)
  make_input    a Python script that prints it instead (optional)
  expected      what standard output must be, byte for byte
  expected_err  each line must occur in standard error (optional)
  exit_code     the exit status (optional; else 0)
and whatever files the arguments name. The program gets `--workers WORKERS`, and `--processes
PROCESSES` if the shape has them, after its arguments.

With EAGRE_UPDATE_GOLDEN=1 in the environment the run of shape 1 writes `expected` (and
`exit_code` if it is not 0); the others still compare.
"""
import difflib
import os
import pathlib
import shlex
import subprocess
import sys


def read(path, otherwise):
    return path.read_text() if path.exists() else otherwise


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, folder, shape = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    *processes, workers = shape.split("x")
    command = [program, *shlex.split(read(folder / "args", "")), "--workers", workers]
    if processes:
        command += ["--processes", *processes]
    fed = read(folder / "input", "").encode()
    if (folder / "make_input").exists():
        fed = subprocess.run([sys.executable, "make_input"], cwd=folder, check=True,
                             capture_output=True).stdout
    run = subprocess.run(command, cwd=folder, capture_output=True, input=fed)
    out = run.stdout.decode(errors="replace")
    err = run.stderr.decode(errors="replace")

    if os.environ.get("EAGRE_UPDATE_GOLDEN") == "1" and shape == "1":
        (folder / "expected").write_bytes(run.stdout)
        (folder / "exit_code").unlink(missing_ok=True)
        if run.returncode != 0:
            (folder / "exit_code").write_text(f"{run.returncode}\n")

    problems = []
    exit_code = int(read(folder / "exit_code", "0"))
    if run.returncode != exit_code:
        problems.append(f"exit status {run.returncode}, expected {exit_code}")
    expected = folder / "expected"
    if not expected.exists():
        problems.append(f"no {expected}: run with EAGRE_UPDATE_GOLDEN=1 to write it")
    elif run.stdout != expected.read_bytes():
        lines = difflib.unified_diff(expected.read_text(errors="replace").splitlines(),
                                     out.splitlines(), "expected", "standard output", lineterm="")
        problems.append("\n".join(lines) or "standard output differs in its line ends")
    for line in read(folder / "expected_err", "").splitlines():
        if line not in err:
            problems.append(f"standard error lacks: {line}")
    if problems:
        print(f"{shlex.join(command)}  (in {folder})", *problems, sep="\n")
        print("--- standard error", err, sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
