"""The compile commands of a build folder, as CMake writes them to compile_commands.json."""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess


class CompileCommand:
    """One translation unit: its source file and how it is compiled."""

    def __init__(self, entry):
        self.folder = pathlib.Path(entry["directory"])
        self.source = (self.folder / entry["file"]).resolve()
        self._arguments = shlex.split(entry["command"])

    def run(self, compiler, *extra):
        """Runs `compiler` with this unit's flags and `extra`, and without its output file."""
        arguments = self._arguments[1:]
        if os.path.basename(self._arguments[0]) == "ccache":
            arguments = arguments[1:]
        at = arguments.index("-o")
        del arguments[at:at + 2]
        arguments.remove("-c")
        return subprocess.run([compiler, *arguments, *extra], cwd=self.folder,
                              capture_output=True, text=True)


def load(build):
    """All commands of the build folder, one for each source file."""
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    commands = {}
    for entry in entries:
        command = CompileCommand(entry)
        commands.setdefault(command.source, command)
    return commands


def run_all(work, items):
    """work(item) for every item, as many at a time as there are processors; results in order."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(work, items))


def project_sources(root):
    """Every .cc file of the source tree, build folders left out."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "*.cc"],
        check=True, capture_output=True, text=True).stdout.split("\n")
    paths = [pathlib.Path(root, name).resolve() for name in listed if name]
    return sorted({path for path in paths if path.exists()})
