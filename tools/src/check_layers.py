#!/usr/bin/env python3
"""No layer includes what it may not: check_layers.py ROOT BUILD

The layers and what each may include come from the eagre_layer() calls of CMakeLists.txt, by way
of BUILD/layers.txt: a file may include its own layer and the layers named there, theirs included.
Beyond that:
  - runtime/ is a library of plain values: no CAF, no threads, no sockets, no clock is read; spdlog
    is known to one file, generated Cap'n Proto headers to sources and to the codec for them;
  - CAF is included in actors/ only, and actors/eagre.h does not reach it by any way (the
    preprocessor is asked);
  - a header has `#pragma once`.
"""
import pathlib
import re
import sys

import compile_commands

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
THREADS = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore", "latch",
           "barrier", "stop_token", "pthread.h", "threads.h"}
SOCKETS = {"sys/socket.h", "netinet/in.h", "arpa/inet.h", "netdb.h", "sys/epoll.h", "poll.h"}
CLOCK = re.compile(r"\b\w*[Cc]lock\w*\s*::\s*now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\("
                   r"|\bstd::time\s*\(|\bstd::clock\s*\(")
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"', re.DOTALL)

# Files that may lock: the log's sink, and the pool that blocks return to from any thread.
MAY_LOCK = {"runtime/base/log.cc", "runtime/data/segment_pool.h", "runtime/data/segment_pool.cc"}
MAY_LOG = {"runtime/base/log.cc"}
MAY_INCLUDE_GENERATED = {"runtime/data/codec_capnp.h"}


class Layers:
    """The table of layers: which folder is whose, and what each may include."""

    def __init__(self, text):
        rows = [line.split() for line in text.splitlines() if line.strip()]
        self.folders = {folder: name for name, folder, *_ in rows}
        needs = {name: set(named) for name, _, *named in rows}
        self.allowed = {}
        for name in needs:  # lowest first, so what a layer names is known already
            self.allowed[name] = {name}.union(*(self.allowed[below] for below in needs[name]))

    def of(self, path):
        """The layer a file belongs to, or None."""
        return self.folders.get(str(pathlib.PurePosixPath(path).parent))


def code_only(text):
    """The text with comments and strings blanked, lines kept."""
    return COMMENT_OR_STRING.sub(lambda match: "\n" * match.group().count("\n"), text)


def check_file(layers, path, text):
    """What is wrong with one file of a layer; `path` is from the root, with slashes."""
    layer = layers.of(path)
    in_runtime = path.startswith("runtime/")

    def problem(at, what):
        return f"{path}:{text.count(chr(10), 0, at) + 1}: {what}"

    if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield problem(0, "a header without #pragma once")
    for match in INCLUDE.finditer(text):
        at, quote, name = match.start(), match[1], match[2]
        target = layers.of(name)
        if target is not None and target not in layers.allowed[layer]:
            may = ", ".join(sorted(layers.allowed[layer] - {layer})) or "nothing else"
            yield problem(at, f'layer {layer} includes "{name}" of layer {target}; '
                              f"it may include {may}")
        elif quote == '"' and target is None:
            yield problem(at, f'"{name}" is of no layer: project headers are included by their '
                              "path from the root, others with <>")
        if (name.endswith(".capnp.h") and not name.startswith("capnp/") and path.endswith(".h")
                and path not in MAY_INCLUDE_GENERATED):
            yield problem(at, f'generated header "{name}" in a header; include it in a .cc file')
        if name.startswith("caf/") and not path.startswith("actors/"):
            yield problem(at, f"<{name}>: CAF is known to actors/ only")
        if in_runtime and name.startswith("spdlog/") and path not in MAY_LOG:
            yield problem(at, f"<{name}>: log through runtime/base/log.h")
        if in_runtime and name in THREADS and path not in MAY_LOCK:
            yield problem(at, f"<{name}>: runtime/ starts no thread and takes no lock")
        if in_runtime and name in SOCKETS:
            yield problem(at, f"<{name}>: runtime/ opens no socket")
    if in_runtime:
        code = code_only(text)
        for match in CLOCK.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: runtime/ reads no clock; the time is handed in"


def check_tree(layers, root):
    """What is wrong in the folders of all layers."""
    for top in sorted({folder.split("/")[0] for folder in layers.folders}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in {".h", ".cc"}:
                continue
            path = file.relative_to(root).as_posix()
            if layers.of(path) is None:
                yield f"{path}:1: in the folder of no layer; CMakeLists.txt lists them"
            else:
                yield from check_file(layers, path, file.read_text())


def check_users_header(commands, header="actors/eagre.h"):
    """The users' header as the preprocessor sees it: CAF must be nowhere in it."""
    for source, command in commands.items():
        if not source.as_posix().endswith(f"/{header}.cxx"):
            continue
        run = command.run("c++", "-M")
        if run.returncode != 0:
            yield f"{header}:1: cannot be preprocessed alone:\n{run.stderr}"
        if reached := re.search(r"\S*/caf/\S+\.hpp", run.stdout):
            yield f"{header}:1: reaches {reached.group()}; users compile without CAF"
        return
    yield f"{header}:1: not found among the headers that are compiled alone"


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    layers = Layers((build / "layers.txt").read_text())
    problems = list(check_tree(layers, root))
    if (root / "actors/eagre.h").exists():
        problems += check_users_header(compile_commands.load(build))
    print(*problems, sep="\n", end="\n" if problems else "")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
