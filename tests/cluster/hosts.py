"""Hosts for the tests in this folder: network namespaces with an address each, joined by a switch,
in which links can be cut, made slow, or made to lose packets. Nothing of them is left at the end.
"""
import contextlib
import os
import re
import shutil
import subprocess
import unittest

PORT = 4711  # nobody else is there


def run(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(done.args)}: {done.stdout.strip()}")
    return done.stdout


def remove_what_killed_tests_left():
    for name in re.findall(r"^eagre-test-\d+-\w+", run("ip", "netns", "list"), re.MULTILINE):
        if not os.path.exists(f"/proc/{name.split('-')[2]}"):
            with contextlib.suppress(RuntimeError):
                run("ip", "netns", "delete", name)


class Hosts:
    """Raises SkipTest, with the reason, where there can be none."""

    def __init__(self, count):
        self.names = [f"eagre-test-{os.getpid()}-{i}" for i in range(count)]
        self.switch = f"eagre-test-{os.getpid()}-switch"
        self.addresses = [f"10.77.0.{i + 1}" for i in range(count)]
        if os.geteuid() != 0:
            raise unittest.SkipTest("network namespaces need root")
        for program in ("ip", "iptables", "tc"):
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"there is no program {program}: tools/setup installs it")
        try:
            self.make()
        except RuntimeError as error:
            self.remove()
            raise unittest.SkipTest(f"network namespaces cannot be used here: {error}") from error

    def remove(self):
        for name in [*self.names, self.switch]:
            with contextlib.suppress(RuntimeError):
                run("ip", "netns", "delete", name)

    def make(self):
        remove_what_killed_tests_left()
        run("ip", "netns", "add", self.switch)
        run("ip", "-n", self.switch, "link", "add", "name", "switch", "type", "bridge")
        run("ip", "-n", self.switch, "link", "set", "switch", "up")
        for i, name in enumerate(self.names):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "add", "name", "net", "type", "veth", "peer", "name",
                f"port{i}", "netns", self.switch)
            run("ip", "-n", self.switch, "link", "set", f"port{i}", "master", "switch", "up")
            run("ip", "-n", name, "address", "add", f"{self.addresses[i]}/24", "dev", "net")
            run("ip", "-n", name, "link", "set", "net", "up")
        # Whether this kernel can do it.
        self.lose(0)
        self.slow_down("1mbit")
        for i in range(len(self.names)):
            self.on(i, "tc", "qdisc", "delete", "dev", "net", "root")

    def prefix(self, host):
        """A command that runs another one on the host, in its place."""
        return ("ip", "netns", "exec", self.names[host])

    def on(self, host, *command):
        return run(*self.prefix(host), *command)

    def filter(self, host, *rule):
        return self.on(host, "iptables", "-w", *rule)

    def lose(self, probability):
        """Of all packets that arrive anywhere, from now on."""
        for host in range(len(self.names)):
            self.filter(host, "-A", "INPUT", "-m", "statistic", "--mode", "random",
                        "--probability", probability, "-j", "DROP")

    def lost_packets(self):
        """How many lose() has taken."""
        return sum(int(line.split()[0]) for host in range(len(self.names))
                   for line in self.filter(host, "-nvxL", "INPUT").splitlines()
                   if "statistic" in line)

    def slow_down(self, rate):
        """What every host sends."""
        for host in range(len(self.names)):
            self.on(host, "tc", "qdisc", "add", "dev", "net", "root", "tbf", "rate", rate, "burst",
                    "16kb", "latency", "400ms")

    def held_back(self):
        """How often slow_down() has made a packet wait."""
        shown = [self.on(host, "tc", "-s", "qdisc", "show", "dev", "net")
                 for host in range(len(self.names))]
        return sum(int(re.search(r"overlimits (\d+)", text)[1]) for text in shown)

    def drop(self, source, target):
        """What one host sends to another one is lost from now on, that way only."""
        self.filter(target, "-A", "INPUT", "-s", self.addresses[source], "-j", "DROP")

    def reject(self, source, target):
        """The same, but the sender is told that nobody is there."""
        self.filter(target, "-A", "INPUT", "-p", "tcp", "-s", self.addresses[source], "-j",
                    "REJECT", "--reject-with", "tcp-reset")

    def separate(self, some, others):
        """Nothing gets from one side to the other one."""
        for a in some:
            for b in others:
                self.drop(a, b)
                self.drop(b, a)

    def unplug(self, host):
        run("ip", "-n", self.switch, "link", "set", f"port{host}", "down")
