#!/usr/bin/env python3
"""Tests of tools/src/check_layers.py: every rule finds what is planted, and only that.

A check that never fails proves nothing: each rule has one text that breaks it and one that does
not. Tables come from a made-up set of layers, so that the real one may change.
"""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/src"))
import check_layers  # noqa: E402

LAYERS = check_layers.Layers("""
base runtime/base
schema schema
data runtime/data base schema
api runtime/api data
actors actors api
""")


def problems(path, text):
    if path.endswith(".h"):
        text = "#pragma once\n" + text
    return list(check_layers.check_file(LAYERS, path, text))


class LayerCheck(unittest.TestCase):
    def finds(self, path, text, what):
        found = problems(path, text)
        self.assertEqual(1, len(found), found)
        self.assertIn(what, found[0])

    def passes(self, path, text):
        self.assertEqual([], problems(path, text))

    def test_a_layer_includes_only_what_is_below_it(self):
        self.finds("runtime/base/x.cc", '#include "runtime/data/y.h"', "of layer data")
        self.finds("runtime/api/x.h", '#  include "actors/y.h"', "of layer actors")
        self.passes("runtime/api/x.h", '#include "runtime/api/y.h"')

    def test_what_a_named_layer_may_include_may_be_included(self):
        self.passes("actors/x.h", '#include "runtime/base/y.h"')

    def test_angle_brackets_do_not_hide_an_include(self):
        self.finds("runtime/base/x.cc", "#include <runtime/data/y.h>", "of layer data")

    def test_project_headers_are_included_by_their_path_from_the_root(self):
        self.finds("runtime/base/x.cc", '#include "y.h"', "of no layer")

    def test_caf_is_known_to_actors_only(self):
        self.finds("runtime/data/x.cc", "#include <caf/actor.hpp>", "CAF")
        self.passes("actors/x.cc", "#include <caf/actor.hpp>")

    def test_runtime_takes_no_lock_except_where_it_must(self):
        self.finds("runtime/data/x.cc", "#include <mutex>", "lock")
        self.finds("runtime/data/x.cc", "#include <thread>", "thread")
        self.passes("runtime/base/log.cc", "#include <mutex>")
        self.passes("runtime/data/x.cc", "#include <atomic>")
        self.passes("actors/x.cc", "#include <thread>")

    def test_runtime_reads_no_clock(self):
        self.finds("runtime/data/x.cc", "auto t = Clock::now();", "clock")
        self.finds("runtime/data/x.cc", "clock_gettime(CLOCK_MONOTONIC, &t);", "clock")
        self.passes("runtime/data/x.cc", "// steady_clock::now() is not called\n")
        self.passes("runtime/data/x.cc", "std::chrono::milliseconds wait{5};")
        self.passes("actors/x.cc", "auto t = Clock::now();")

    def test_spdlog_is_known_to_the_log(self):
        self.finds("runtime/data/x.cc", "#include <spdlog/spdlog.h>", "log.h")
        self.passes("runtime/base/log.cc", "#include <spdlog/spdlog.h>")

    def test_generated_headers_stay_in_sources(self):
        self.finds("runtime/data/x.h", '#include "schema/batch.capnp.h"', "generated")
        self.passes("runtime/data/x.cc", '#include "schema/batch.capnp.h"')
        self.passes("runtime/data/codec_capnp.h", '#include "schema/batch.capnp.h"')

    def test_a_header_is_included_once(self):
        self.assertIn("pragma", list(check_layers.check_file(LAYERS, "actors/x.h", "int x;\n"))[0])

    def test_a_problem_names_its_line(self):
        found = problems("runtime/data/x.cc", "// a\n\n#include <mutex>\n")
        self.assertTrue(found[0].startswith("runtime/data/x.cc:3:"), found)


if __name__ == "__main__":
    unittest.main()
