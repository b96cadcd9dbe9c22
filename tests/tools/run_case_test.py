#!/usr/bin/env python3
"""Tests of tests/examples/run_case.py: a golden case fails for each thing it promises to compare.

The program is a shell that runs a script of the case's folder, so that output, errors and status
are all the test's to choose.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUN_CASE = pathlib.Path(__file__).resolve().parents[1] / "examples/run_case.py"


class GoldenCase(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.write(script="echo out; echo first >&2; echo second >&2", args="script",
                   expected="out\n")

    def write(self, **files):
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def run_case(self, workers=1, **environment):
        run = subprocess.run([sys.executable, RUN_CASE, "/bin/sh", self.folder, str(workers)],
                             capture_output=True, text=True, env={**os.environ, **environment})
        return run.returncode, run.stdout

    def test_the_same_output_passes(self):
        self.assertEqual((0, ""), self.run_case())

    def test_standard_input_can_be_made_by_a_script(self):
        self.write(script="cat", make_input="print('made', end='')", expected="made")
        self.assertEqual((0, ""), self.run_case())

    def test_other_output_fails_and_is_shown(self):
        self.write(expected="other\n")
        status, text = self.run_case()
        self.assertEqual(1, status)
        self.assertIn("-other\n+out\n", text)

    def test_a_missing_line_end_is_a_difference(self):
        self.write(expected="out")
        self.assertEqual(1, self.run_case()[0])

    def test_an_unexpected_exit_status_fails(self):
        self.write(script="echo out; exit 3")
        self.assertEqual(1, self.run_case()[0])
        self.write(exit_code="3\n")
        self.assertEqual(0, self.run_case()[0])

    def test_each_line_of_expected_err_must_occur(self):
        self.write(expected_err="second\nfirst\n")
        self.assertEqual(0, self.run_case()[0])
        self.write(expected_err="second\nthird\n")
        self.assertEqual(1, self.run_case()[0])

    def test_arguments_are_quoted_as_in_a_shell_and_workers_follow(self):
        self.write(script='printf "%s\\n" "$@"', args="script 'a b'\nc",
                   expected="a b\nc\n--workers\n4\n")
        self.assertEqual((0, ""), self.run_case(workers=4))

    def test_the_input_is_fed(self):
        self.write(script="cat", input="fed\n", expected="fed\n")
        self.assertEqual((0, ""), self.run_case())

    def test_the_update_is_written_by_one_worker_only(self):
        self.write(script="echo new; exit 2")
        self.assertEqual(1, self.run_case(workers=2, EAGRE_UPDATE_GOLDEN="1")[0])
        self.assertEqual(0, self.run_case(workers=1, EAGRE_UPDATE_GOLDEN="1")[0])
        self.assertEqual("new\n", (self.folder / "expected").read_text())
        self.assertEqual(0, self.run_case(workers=2)[0])

    def test_a_case_without_expected_output_fails(self):
        (self.folder / "expected").unlink()
        self.assertEqual(1, self.run_case()[0])


if __name__ == "__main__":
    unittest.main()
