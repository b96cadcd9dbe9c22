#!/usr/bin/env python3
"""The documentation names only what there is: readme_test.py [PROGRAM...]

README.md, docs/*.md and docs/decisions/*.md are read as text. Checked are
  program   the README's C++ program is examples/hello.cc from its first #include on
  snippets  every line of the C++ snippets in docs is a line of an example
  paths     every path and file name in code marks, every path in a shell block, every link
  examples  every example program has its row in the README, and no other row is there
  flags     every flag in code marks is known to the code or the tools; those of the README's table
            are the standard ones, all of them, of each PROGRAM given (built, optional)
  codes     the README's exit codes are those of the code
  layers    the table of docs/architecture.md is what CMakeLists.txt says
  operators each function that docs/operators.md names is one of runtime/api, and all are named
  decisions docs/decisions is numbered without gaps, each with its headings
It catches documentation that was left behind when code moved; it cannot tell whether prose is true.
"""
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = "actors|cmake|docs|examples|runtime|schema|tests|tools|\\.ci"
PATH = re.compile(rf"(?:{FOLDERS})(?:/[\w.*-]+)*/?")
FENCE = re.compile(r"^```([\w+]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SUFFIXES = "h|cc|py|md|capnp|txt|cmake|json"
PROGRAMS = []


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def read(path):
    return (ROOT / path).read_text()


def prose(text):
    return FENCE.sub("", text)


def code_marks(text):
    return re.findall(r"`([^`\n]+)`", prose(text))


def shell_lines(text):
    return [line for kind, body in FENCE.findall(text) if kind == "sh"
            for line in body.splitlines()]


def rows(text, heading):
    """The cells of the table whose first heading is `heading`, without the headings."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)*)", text, re.MULTILINE)
    if not found:
        return []
    return [[cell.strip() for cell in line.strip("|\n").split("|")]
            for line in found.group(1).splitlines()]


def exists(path):
    if "*" in path:
        return any(True for _ in ROOT.glob(path.rstrip("/")))
    return (ROOT / path).exists()


class Documentation(unittest.TestCase):
    def test_the_readmes_program_is_hello(self):
        programs = [body for kind, body in FENCE.findall(read("README.md")) if kind == "cpp"]
        self.assertTrue(programs, "README.md shows no program")
        hello = read("examples/hello.cc")
        self.assertEqual(hello[hello.index("#include"):].strip(), programs[0].strip())

    def test_snippets_are_taken_from_the_examples(self):
        lines = {line.strip() for path in (ROOT / "examples").rglob("*.*")
                 for line in path.read_text().splitlines()}
        for page in pages():
            for kind, body in FENCE.findall(page.read_text()):
                if kind == "c++":
                    for line in body.splitlines():
                        self.assertIn(line.strip(), lines | {""}, page.name)

    def test_every_path_exists(self):
        names = {path.name for folder in FOLDERS.split("|")
                 for path in (ROOT / folder.replace("\\", "")).rglob("*")}
        for page in pages():
            text = page.read_text()
            for mark in code_marks(text):
                if PATH.fullmatch(mark):
                    self.assertTrue(exists(mark), f"{page.name}: {mark}")
                elif re.fullmatch(rf"\w+\.({SUFFIXES})", mark):
                    self.assertTrue(mark in names or exists(mark), f"{page.name}: {mark}")
            for line in shell_lines(text):
                for word in line.split():
                    if PATH.fullmatch(word):
                        self.assertTrue(exists(word), f"{page.name}: {word}")
            for link in re.findall(r"\]\(([^)#\s]+)\)", prose(text)):
                if "://" not in link:
                    self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")

    def test_every_anchor_is_a_heading(self):
        for page in pages():
            text = page.read_text()
            anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
                       for heading in re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)}
            for anchor in re.findall(r"\]\(#([^)]+)\)", text):
                self.assertIn(anchor, anchors, page.name)

    def test_every_example_has_its_row(self):
        named = {row[0].strip("`") for row in rows(read("README.md"), "program")}
        programs = {path.stem for path in (ROOT / "examples").iterdir()
                    if path.suffix == ".cc" or path.is_dir()}
        self.assertEqual(programs, named)

    def test_every_flag_is_known(self):
        sources = ("actors/*.cc", "examples/**/*.cc", "tools/*", "tools/src/eagre/*.cc")
        known = "".join(path.read_text() for pattern in sources
                        for path in ROOT.glob(pattern) if path.is_file())
        for page in pages():
            for mark in code_marks(page.read_text()):
                for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", mark):
                    if not mark.startswith(("cmake", "ctest", "ninja")):
                        self.assertRegex(known, rf"{flag}\b", f"{page.name}: {mark}")

    def test_the_standard_flags_are_those_of_a_program(self):
        table = {flag for row in rows(read("README.md"), "flag")
                 for flag in re.findall(r"--[\w-]+", row[0])}
        self.assertTrue(table)
        if not PROGRAMS:
            self.skipTest("no program was given")
        for program in PROGRAMS:
            text = subprocess.run([program, "--help"], capture_output=True, text=True,
                                  check=True).stdout
            standard = text[text.index("Every eagre program"):]
            listed = set(re.findall(r"^\s+(--[\w-]+)", standard, re.MULTILINE))
            self.assertEqual(listed, table - {"--help", "--version"}, program)
            for flag in ("--help", "--version"):
                self.assertIn(flag, text)

    def test_the_exit_codes_are_those_of_the_code(self):
        body = re.search(r"enum ExitCode[^{]*\{(.*?)\}", read("actors/options.h"), re.DOTALL)
        codes = re.findall(r"= (\d+)", body.group(1))
        self.assertEqual(codes, [row[0] for row in rows(read("README.md"), "exit code")])

    def test_the_table_of_layers_is_that_of_the_build(self):
        calls = re.findall(r"^eagre_layer\((\w+)\s+DIR (\S+?)(?:\s+NEEDS ([\w ]+?))?"
                           r"(?:\s+USES [^)]*)?\)", read("CMakeLists.txt"), re.MULTILINE)
        self.assertTrue(calls)
        table = [(row[0], row[1].strip("`"), row[2])
                 for row in rows(read("docs/architecture.md"), "layer")]
        self.assertEqual([(name, folder, needs.strip()) for name, folder, needs in calls], table)

    def test_the_operators_are_those_of_the_api(self):
        # Public functions of the three classes that users build dataflows with, without accessors
        # and what is for makers of operators.
        not_operators = {"scope", "end", "stream", "key", "add", "add_stage", "check_same_dataflow",
                         "check_outside_loops", "check_epochs", "check_event_time",
                         "builder", "index", "with", "out", "fold", "add_input", "ends_of", "Scope",
                         "Stream", "Keyed", "Loop", "LoopVariable", "result", "drive", "region",
                         "for"}
        declared = set()
        for header in ("stream.h", "keyed.h", "scope.h"):
            text = re.sub(r"//.*", "", read(f"runtime/api/{header}"))
            declared |= set(re.findall(r"^  (?:[\w:<>,&\s*]*?\s)?(\w+)\([^;{]*?\) const\b", text,
                                       re.MULTILINE))
        text = read("docs/operators.md")
        named = set()
        for mark in code_marks(text):
            named |= set(re.findall(r"\b([a-z]\w*)\(", mark + "("))
        missing = {name for name in declared - not_operators if name not in named}
        self.assertEqual(set(), missing, "not in docs/operators.md")
        functions = read("runtime/api/stream.h") + read("runtime/api/keyed.h") + \
            read("runtime/api/scope.h") + read("runtime/api/write_epochs.h")
        for heading in ("operator", "input", "pact", "end"):
            for row in rows(text, heading):
                for name in re.findall(r"`(\w+)`", row[0]):
                    self.assertRegex(functions, rf"\b{name}\(", "in docs/operators.md")

    def test_decisions_are_numbered_and_whole(self):
        records = sorted((ROOT / "docs/decisions").glob("*.md"))
        self.assertEqual([f"{number:04}" for number in range(1, len(records) + 1)],
                         [record.name[:4] for record in records])
        for record in records:
            headings = re.findall(r"^## (.*)$", record.read_text(), re.MULTILINE)
            self.assertEqual(["Context", "Decision", "Reasons", "Consequences"], headings,
                             record.name)


if __name__ == "__main__":
    PROGRAMS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    unittest.main(argv=[sys.argv[0], *[a for a in sys.argv[1:] if a.startswith("-")]])
