#!/usr/bin/env python3
"""check_tidy.py finds the sources in which a changed file is to be checked: a source itself, a header
of a layer in the unit that compiles it alone, another header in all that include it. Catches changed
headers that are never looked at.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/src"))
import check_tidy  # noqa: E402

FILES = {
    "runtime/a.h": "",
    "runtime/a.cc": '#include "runtime/a.h"\n',
    "tests/support/words.h": "",
    "tests/more.h": '#include "tests/support/words.h"\n',
    "tests/one_test.cc": '#include "tests/more.h"\n',
    "tests/other_test.cc": '#include "runtime/a.h"\n',
    "examples/graph.h": "",
    "examples/bfs.cc": '#include <string>\n#include "graph.h"\n',
    "tools/src/bench/parts.h": "",
    "tools/src/bench/parts.cc": '#include "tools/src/bench/parts.h"\n',
}


class Units(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        for name, text in FILES.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.alone = self.root / "build/verify/runtime/a.h.cxx"
        self.commands = {self.root / name: None for name in FILES if name.endswith(".cc")}
        self.commands[self.alone] = None

    def units_of(self, *names):
        found = check_tidy.units(self.root, self.commands, names)
        return sorted(str(path.relative_to(self.root)) for path in found)

    def test_a_source_is_checked_itself(self):
        self.assertEqual(["runtime/a.cc"], self.units_of("runtime/a.cc", ""))

    def test_a_header_of_a_layer_is_checked_alone(self):
        self.assertEqual(["build/verify/runtime/a.h.cxx"], self.units_of("runtime/a.h"))

    def test_another_header_is_checked_in_what_includes_it(self):
        self.assertEqual(["tests/one_test.cc"], self.units_of("tests/support/words.h"))
        self.assertEqual(["examples/bfs.cc"], self.units_of("examples/graph.h"))
        self.assertEqual(["tools/src/bench/parts.cc"], self.units_of("tools/src/bench/parts.h"))


if __name__ == "__main__":
    unittest.main()
