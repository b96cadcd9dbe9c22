"""Nodes of a cluster as processes of this machine, for the tests in this folder.

What is waited for is always an event (a line of the log, the end of a process), never a time.
"""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

# What a program with sanitizers, which is slow and looks for leaks before it ends, may take beside.
LATE = 1 if {"UBSAN_OPTIONS", "TSAN_OPTIONS"} & set(os.environ) else 0

PROGRAM = ""
EAGRE = ""
ALL_SKIPPED = 77  # the exit code that tells CTest


def free_ports(count):
    """Ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def nodes_of(ports):
    return ",".join(f"127.0.0.1:{port}" for port in ports)


class Node:
    """One process. `prefix`: a command that runs it."""

    def __init__(self, *arguments, prefix=()):
        self.process = subprocess.Popen([*prefix, PROGRAM, *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, text=True)

    def end(self, timeout=60):
        """Waits for its end: exit code, stdout, stderr."""
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"{self.process.args} did not end in {timeout} s:\n{out}{err}")
        return self.process.returncode, out, err

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class ClusterTest(unittest.TestCase):
    def start(self, *arguments, prefix=()):
        node = Node(*arguments, prefix=prefix)
        self.addCleanup(node.process.wait)
        self.addCleanup(node.process.kill)
        for pipe in (node.process.stdout, node.process.stderr):
            self.addCleanup(pipe.close)
        return node

    def cluster(self, count, *arguments, order=None, delays=None, log="info"):
        """Starts `count` nodes, in `order`, each after a delay; returns them by index."""
        addresses = nodes_of(free_ports(count))
        nodes = [None] * count
        for i, delay in zip(order or range(count), delays or [0] * count):
            time.sleep(delay)
            nodes[i] = self.start(*arguments, "--nodes", addresses, "--node", i, "--workers", 1,
                                  "--log-level", log)
        return nodes

    def certificates(self, nodes):
        """A new authority: the flags of each node."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        subprocess.run([EAGRE, "certs", folder.name, "--nodes", str(nodes)], check=True,
                       stdout=subprocess.DEVNULL)
        return [["--tls-certificate", f"{folder.name}/node{i}.pem", "--tls-key",
                 f"{folder.name}/node{i}.key", "--tls-ca", f"{folder.name}/ca.pem"]
                for i in range(nodes)]

    def wait_for_line(self, node, text):
        """Until the node logs a line with this text."""
        log = ""
        for line in node.process.stderr:
            if text in line:
                return
            log += line
        self.fail(f'the node ended before it said "{text}":\n{log}')

    def wait_until_running(self, node):
        """Until all nodes have joined."""
        self.wait_for_line(node, "all nodes have joined")

    def expected(self, *arguments):
        """What one process writes."""
        code, out, err = self.start(*arguments, "--workers", 1).end()
        self.assertEqual((0, ""), (code, err))
        return out

    def in_time(self, began, seconds):
        self.assertLess(time.monotonic() - began, seconds + LATE)

    def ends_with(self, nodes, code, out=None):
        ended = [node.end() for node in nodes]
        for i, (got, _, err) in enumerate(ended):
            self.assertEqual(code, got, f"node {i}: {err}")
        if out is not None:
            self.assertEqual([out] + [""] * (len(nodes) - 1), [o for _, o, _ in ended])
        return [err for _, _, err in ended]


def main():
    """Runs the tests of the calling script: SCRIPT JOBS_PROGRAM EAGRE [TEST...]"""
    global PROGRAM, EAGRE
    PROGRAM, EAGRE = sys.argv.pop(1), sys.argv.pop(1)
    result = unittest.main(verbosity=2, exit=False).result
    if result.skipped and len(result.skipped) == result.testsRun:
        sys.exit(ALL_SKIPPED)
    sys.exit(not result.wasSuccessful())
