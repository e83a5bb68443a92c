#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""[metrics] listen: /metrics and /healthz by HTTP, and nothing else.

The text is that of the file for node_exporter. Whatever a client sends, mail goes on and the next
client is answered; without the setting nobody listens.
"""
import http.client
import pathlib
import random
import socket
import unittest

import lab
import mails
import metrics_file
import milter_process
import milter_wire

STRANGE = [b"", b"\0" * 100, b"GET\r\n\r\n", b"GET /metrics\r\n\r\n", b"\r\n\r\n",
           b"GET /metrics HTTP/9.9\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost\r\n\r\n",
           b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
           b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
           b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
           b"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n",
           b"GET /../metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
           b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"]
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
GARBLED = 200
CONNECTIONS = 64  # more than are served at once


class Http(unittest.TestCase):
    def setUp(self):
        self.port = lab.free_port()
        self.folder = lab.scratch_folder(self)

    def start(self, listen=None, **metrics):
        self.milter = milter_process.MilterProcess(
            self.folder, {"metrics": {"listen": listen or self.port, **metrics}})
        self.need_library()
        self.addCleanup(self.milter.finish)
        self.milter.start()
        lab.wait_until(self.answers, "the metrics to be served")
        return self.milter

    def need_library(self):
        err = milter_process.run(lab.MILTER, "--check-config", "--config", self.milter.config)[2]
        lab.need(b"without libmicrohttpd" not in err, "the milter was built without libmicrohttpd")

    def answers(self, host="127.0.0.1"):
        try:
            return self.ask("/healthz", host=host)[0] == 200
        except OSError:
            return False

    def ask(self, path, method="GET", host="127.0.0.1", body=None):
        """(status, fields, body) of the answer."""
        connection = http.client.HTTPConnection(host, self.port, timeout=lab.PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def check_repairs(self):
        self.milter.switch_on()
        outcome = milter_wire.one_message(self.milter.socket, mails.reply_mail())
        self.assertEqual(outcome.codes(), "bi")

    def test_same_as_the_file(self):
        path = self.folder / "calmend.prom"
        self.start(textfile=path, interval=1)
        self.check_repairs()
        status, fields, text = self.ask("/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(fields["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(fields["Cache-Control"], "no-store")
        self.assertIn('calmend_messages_total{outcome="repaired"} 1\n', text)
        self.assertIn('calmend_switch_enabled{switch="FixRecipientTrackStatusTime"} 1\n', text)
        self.assertIn("\ncalmend_up 1\n", text)
        metrics_file.wait(path, lambda series: metrics_file.value(
            series, "calmend_messages_total", outcome="repaired") == 1, "the repair to be counted")

        def names(of):
            return [line.split()[0] for line in of.splitlines()]
        self.assertEqual(names(path.read_text()), names(text))

    def test_without_a_file(self):
        self.start()
        text = self.ask("/metrics")[2]
        self.assertRegex(text, r"\ncalmend_build_info\{version=\"[^\"]+\"\} 1\n")
        self.assertRegex(text, r"\ncalmend_start_time_seconds [1-9]")

    def test_health(self):
        self.start()
        status, fields, text = self.ask("/healthz")
        self.assertEqual((status, fields["Content-Type"], text),
                         (200, "text/plain; charset=utf-8", "ok\n"))

    def test_health_while_it_stops(self):
        """A message is under way: the milter waits for it, and takes no other."""
        milter = self.start()
        with milter_wire.open_session(milter.socket) as connection:
            connection.envelope()
            connection.head(milter_wire.split_mail(mails.reply_mail())[0])
            milter.process.terminate()
            lab.wait_until(lambda: self.ask("/healthz")[::2] == (503, "stopping\n"), "503")
            self.assertEqual(self.ask("/metrics")[0], 200)
        self.assertEqual(milter.process.wait(lab.PATIENCE), 0)

    def test_nothing_else(self):
        self.start()
        for path in ("/", "/metrics/", "/metric", "/metrics.txt", "/healthz/x", "//metrics",
                     "/../metrics", "/etc/passwd", "/Metrics"):
            with self.subTest(path=path):
                self.assertEqual(self.ask(path)[0], 404)
        self.assertEqual(self.ask("/metrics?name[]=x")[0], 200)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"):
            with self.subTest(method=method):
                status, fields, _ = self.ask("/metrics", method, body="x")
                self.assertEqual((status, fields["Allow"]), (405, "GET, HEAD"))

    def test_head(self):
        self.start()
        status, fields, text = self.ask("/metrics", "HEAD")
        self.assertEqual((status, text), (200, ""))
        self.assertGreater(int(fields["Content-Length"]), 1000)

    def send(self, octets):
        """Sends them and hangs up, whatever the answer."""
        with socket.create_connection(("127.0.0.1", self.port), lab.PATIENCE) as client:
            try:
                client.sendall(octets)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
            except OSError:
                return

    def test_strange_requests(self):
        self.start()
        for octets in STRANGE:
            self.send(octets)
            self.assertEqual(self.ask("/healthz")[0], 200, octets[:40])
        self.check_repairs()

    def test_garbled_requests(self):
        """The same each time: octets of a request put in, left out and changed."""
        self.start()
        chance = random.Random(7)
        for _ in range(GARBLED):
            octets = bytearray(REQUEST)
            for _ in range(chance.randint(1, 8)):
                at = chance.randrange(len(octets))
                octets[at:at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
            self.send(octets)
        self.assertEqual(self.ask("/metrics")[0], 200)
        self.check_repairs()

    def test_clients_that_say_nothing(self):
        """More of them than are served; mail goes on, and once they are gone others are served."""
        self.start()
        clients = [socket.create_connection(("127.0.0.1", self.port), lab.PATIENCE)
                   for _ in range(CONNECTIONS)]
        for client in clients:
            self.addCleanup(client.close)
            client.sendall(b"GET /metr")
        self.check_repairs()
        for client in clients:
            client.close()
        lab.wait_until(self.answers, "an answer")

    def test_loopback_alone(self):
        """A port by itself is one of 127.0.0.1."""
        milter = self.start()
        addresses = [line.split()[1] for line in
                     pathlib.Path(f"/proc/{milter.process.pid}/net/tcp").read_text().splitlines()
                     if line.split()[1].endswith(f":{self.port:04X}") and line.split()[3] == "0A"]
        self.assertEqual(addresses, [f"0100007F:{self.port:04X}"])

    def test_ipv6(self):
        lab.need(lab.has_ipv6(), "there is no IPv6")
        self.milter = milter_process.MilterProcess(
            self.folder, {"metrics": {"listen": f"inet6:{self.port}@::1"}})
        self.need_library()
        self.addCleanup(self.milter.finish)
        self.milter.start()
        lab.wait_until(lambda: self.answers("::1"), "the metrics to be served")

    def test_port_in_use(self):
        self.milter = milter_process.MilterProcess(self.folder)
        self.milter.write_config({"metrics": {"listen": self.port}})
        self.need_library()
        with socket.create_server(("127.0.0.1", self.port)):
            code, _, err = milter_process.run(*self.milter.command([]))
        self.assertEqual(code, 2)
        self.assertIn(f"inet:{self.port}@[127.0.0.1]", err.decode())
        self.assertIn("Address already in use", err.decode())

    def test_what_is_no_address(self):
        self.milter = milter_process.MilterProcess(self.folder)
        self.need_library()
        for value in ("x", "0", "65536", "127.0.0.1:9", "unix:/run/x", "inet:1"):
            self.milter.write_config({"metrics": {"listen": value}})
            code, _, err = milter_process.run(lab.MILTER, "--check-config", "--config",
                                              self.milter.config)
            self.assertEqual(code, 2, value)
            self.assertIn(f"[metrics] listen = {value}: ", err.decode())

    def test_off(self):
        """Without the setting no further socket is open."""
        milter = milter_process.started(self, folder=self.folder)
        links = [link.readlink() for link in
                 pathlib.Path(f"/proc/{milter.process.pid}/fd").iterdir() if link.is_symlink()]
        table = pathlib.Path(f"/proc/{milter.process.pid}/net/tcp").read_text()
        own = [line for line in table.splitlines()
               if f"socket:[{line.split()[9]}]" in map(str, links)]
        self.assertEqual(own, [])


if __name__ == "__main__":
    lab.run_tests()
