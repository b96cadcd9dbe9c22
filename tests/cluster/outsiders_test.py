#!/usr/bin/env python3
"""Those who are not let in: outsiders_test.py JOBS_PROGRAM EAGRE [TEST...]

Nodes have certificates of one authority; others reach their ports, and say nothing, nonsense, or
what only a node may say. They come while nodes wait for another one, and while a dataflow runs.
"""
import contextlib
import resource
import signal
import socket
import ssl
import time

from nodes import ClusterTest, free_ports, main, nodes_of

JOB = ["crossing", "--records", 5000]


def header(operation, length):
    """What CAF's own protocol begins with; without TLS these end the process, or bloat it."""
    return bytes([operation]) + b"\0\0\0" + length.to_bytes(4, "big") + b"\0" * 24


NONSENSE = {"nothing": b"", "bytes": bytes(range(256)) * 16, "text": b"GET / HTTP/1.1\r\n\r\n",
            "a handshake": header(0, 0), "a message": header(1, 0),
            "a message of 4 GiB": header(1, 0xfffffff0), "a long handshake": header(0, 0xfffffff0)}


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def answer(connection):
    """What the other end says until it ends the connection."""
    data = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while more := connection.recv(4096):
            data += more
    return data


def beginning_of_a_handshake():
    """The first half of it."""
    out = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname="a")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    hello = out.read()
    return hello[:len(hello) // 2]


class OutsidersTest(ClusterTest):
    def setUp(self):
        # As many connections as there may be.
        _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        self.ours = self.certificates(3)
        self.others = self.certificates(1)

    def node(self, job, ports, index, flags=None, timeout="30s", prefix=()):
        return self.start(*job, "--nodes", nodes_of(ports), "--node", index, "--workers", 1,
                          "--log-level", "info", "--join-timeout", timeout,
                          *(flags or self.ours[index]), prefix=prefix)

    def waiting(self, job, prefix=()):
        """Two nodes that have joined each other and wait for a third one; the ports of all."""
        ports = free_ports(3)
        nodes = [self.node(job, ports, i, prefix=prefix) for i in range(2)]
        for i, node in enumerate(nodes):
            self.wait_for_line(node, f"node {1 - i} has joined")
        return nodes, ports

    def hold(self, ports, count, data=b""):
        """Connections to each port that say this, and then nothing."""
        held = [connect(port) for port in ports for _ in range(count)]
        for connection in held:
            self.addCleanup(connection.close)
            connection.sendall(data)
        return held

    def answers_to_tls(self, port, flags):
        """What is said to one with these flags' certificate, or with none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if flags:
            context.load_cert_chain(flags[1], flags[3])
        with connect(port) as plain:
            try:
                with context.wrap_socket(plain) as connection:
                    return answer(connection)
            except (ConnectionError, ssl.SSLError):
                return b""

    def attack(self, ports):
        """All that outsiders may say; that nobody tells them anything."""
        for port in ports:
            for name, data in NONSENSE.items():
                with self.subTest(name), connect(port) as connection:
                    with contextlib.suppress(OSError):
                        connection.sendall(data)
                        connection.shutdown(socket.SHUT_WR)
                    # If anything, that this is no TLS: an alert.
                    self.assertIn(answer(connection)[:1], (b"", b"\x15"))
            for name, flags in ("another authority", self.others[0]), ("no certificate", None):
                with self.subTest(name):
                    self.assertEqual(b"", self.answers_to_tls(port, flags))


class Outsiders(OutsidersTest):
    def test_nodes_have_what_outsiders_have_not(self):
        [port] = ports = free_ports(1)
        node = self.node(JOB, [*ports, *free_ports(1)], 0)
        self.wait_for_line(node, "waiting for node 1")
        context = ssl.create_default_context(cafile=self.ours[1][5])
        context.check_hostname = False
        context.load_cert_chain(self.ours[1][1], self.ours[1][3])
        with connect(port) as plain, context.wrap_socket(plain) as connection:
            self.assertNotEqual(b"", connection.recv(1))

    def test_results_are_the_same(self):
        ports = free_ports(3)
        self.ends_with([self.node(JOB, ports, i) for i in range(3)], 0, self.expected(*JOB))

    def test_nodes_that_wait_for_another_one_outlive_outsiders(self):
        # The nodes speak to each other in between.
        nodes, ports = self.waiting([*JOB, "--heartbeat", "5ms"])
        for _ in range(5):
            self.attack(ports[:2])
        self.ends_with([*nodes, self.node([*JOB, "--heartbeat", "5ms"], ports, 2)], 0,
                       self.expected(*JOB))

    def test_a_dataflow_that_runs_outlives_outsiders(self):
        job = ["crossing", "--records", 600000]
        ports = free_ports(3)
        nodes = [self.node([*job, "--rate", 50000], ports, i) for i in range(3)]
        for node in nodes:
            self.wait_until_running(node)
        self.hold(ports, 30, beginning_of_a_handshake())
        for _ in range(3):
            self.attack(ports)
        self.assertEqual([None] * 3, [node.process.poll() for node in nodes])
        self.ends_with(nodes, 0, self.expected(*job))

    def test_who_comes_too_late_is_told_so(self):
        ports = free_ports(2)
        nodes = [self.node(["endless"], ports, i) for i in range(2)]
        for node in nodes:
            self.wait_until_running(node)
        late = self.node(["endless"], [ports[0], *free_ports(1)], 1)
        for err in self.ends_with([late], 1):
            self.assertIn("there is a node 1 already", err)
        nodes[1].kill(signal.SIGTERM)
        self.ends_with(nodes, 143)

    def test_a_certificate_of_another_authority_does_not_do(self):
        ports = free_ports(2)
        nodes = [self.node(["endless"], ports, 0, timeout="2s"),
                 self.node(["endless"], ports, 1, flags=self.others[0], timeout="1s")]
        for err in self.ends_with(nodes, 4):
            self.assertIn("waited", err)

    def test_files_that_are_no_certificate_are_refused(self):
        ports = free_ports(2)
        for i in (1, 3, 5):
            flags = list(self.ours[0])
            flags[i] = __file__
            for err in self.ends_with([self.node(JOB, ports, 0, flags=flags)], 2):
                self.assertIn(__file__, err)
        mixed = [*self.ours[0][:3], self.ours[1][3], *self.ours[0][4:]]
        for err in self.ends_with([self.node(JOB, ports, 0, flags=mixed)], 2):
            self.assertIn(f"the key {mixed[3]} cannot be used: ", err)


class Crowds(OutsidersTest):
    """Many who connect and say nothing."""
    COUNT = 1000
    # As many as a node lets wait.
    SEATS = 256
    # A node has no descriptor for each of them.
    FEW_FILES = ("prlimit", f"--nofile={SEATS + 144}")

    def crowd(self, ports, data=b""):
        """Holds connections; returns when nodes have ended all that they do not let wait, and have
        heard what the others say."""
        held = self.hold(ports, self.COUNT, data)
        for i in range(0, len(held), self.COUNT):
            for connection in held[i:i + self.COUNT - self.SEATS]:
                self.assertEqual(b"", answer(connection))
        self.until_heard(ports)
        return held

    def until_heard(self, ports):
        """Until nodes have worked off what has come before."""
        for port in ports:
            for _ in range(5):  # each takes several turns of the network's loop
                self.assertEqual(b"", self.answers_to_tls(port, None))

    def test_a_real_node_is_let_in_as_soon_as_without_them(self):
        took = []
        for stalled in (0, 200):
            nodes, ports = self.waiting(JOB, self.FEW_FILES)
            if stalled:
                self.crowd(ports[:2])
                self.hold(ports[:2], stalled, beginning_of_a_handshake())
            began = time.monotonic()
            nodes.append(self.node(JOB, ports, 2))
            self.wait_until_running(nodes[2])
            took.append(time.monotonic() - began)
            self.ends_with(nodes, 0, self.expected(*JOB))
        self.assertLess(took[1], took[0] + 1, took)

    def test_they_take_little_memory_and_the_next_ones_little_more(self):
        # What OpenSSL makes of the beginning of a handshake is not found room for twice in the same
        # place; if none of it were freed, it would be 47 MB a wave.
        for data, more in (b"", 5 << 20), (beginning_of_a_handshake(), 16 << 20):
            with self.subTest(says=len(data)):
                nodes, ports = self.waiting(JOB, self.FEW_FILES)
                resident = [nodes[0].resident_bytes()]
                for _ in range(2):
                    held = self.crowd(ports[:1], data)
                    resident.append(nodes[0].resident_bytes())
                    for connection in held:
                        connection.close()
                    self.until_heard(ports[:1])
                self.assertLess(resident[1] - resident[0], 80 << 20, resident)
                self.assertLess(resident[2] - resident[1], more, resident)
                self.ends_with([*nodes, self.node(JOB, ports, 2)], 0, self.expected(*JOB))

    def test_they_cost_no_time(self):
        nodes, ports = self.waiting(JOB)
        self.crowd(ports[:1])
        self.hold(ports[:1], 200, beginning_of_a_handshake())
        before = nodes[0].processor_seconds()
        time.sleep(1)  # at rest
        self.assertLess(nodes[0].processor_seconds() - before, 0.2)


if __name__ == "__main__":
    main()
