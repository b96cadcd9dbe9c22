#!/usr/bin/env python3
"""Tests of tools/src/check_test_names.py: names that would not run are found, others are not."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/src"))
import check_test_names  # noqa: E402


def problems(text):
    return list(check_test_names.check_text("x_test.cc", text))


class TestNames(unittest.TestCase):
    def test_sentences_pass(self):
        for name in ("a frontier never moves backwards", "`capnp decode` reads it, 1:1",
                     "a driver's own end", "10 x 1,000 operators"):
            self.assertEqual([], problems(f'TEST_CASE("{name}") {{'))

    def test_names_that_catch2_or_ctest_read_as_something_else_are_found(self):
        for name in ("--help is printed", "~ excludes", "all * of it", "a [slow] one", "a; b",
                     r"a \"word\"", "", " led by a space", "two  spaces", "open ended,", "$HOME"):
            self.assertEqual(1, len(problems(f'TEST_CASE("{name}", "[slow]") {{')), name)

    def test_a_name_in_several_pieces_is_one_name(self):
        self.assertEqual([], problems('TEST_CASE(\n    "first "\n    "second") {'))
        self.assertEqual(1, len(problems('TEST_CASE(\n    "first "\n    "*") {')))

    def test_a_problem_names_its_line(self):
        self.assertTrue(problems('\n\nTEST_CASE("*") {')[0].startswith("x_test.cc:3:"))


if __name__ == "__main__":
    unittest.main()
