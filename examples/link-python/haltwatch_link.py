"""A bot's link with Haltwatch in Python, standard library only: the protocol is docs/link.md.

    link = Link("ws://127.0.0.1:9898/api/haltwatch/link", token="…", bot="py-1")
    failed = link.counter("orders_failed_total", venue="cex")
    link.start()
    if link.allowed("open", venue="cex"): ...   # no I/O: ask right before each order
    failed.inc()                                # at once if a pause rule touches it
"""
import base64
import json
import os
import socket
import ssl
import struct
import threading
import time
import urllib.parse
import uuid

ACTIVE, REDUCING, HALTED = 0, 1, 2
SILENT_S = 4.0  # nothing from Haltwatch for so long: the connection is dead


class WebSocket:
    """The little of RFC 6455 that a client needs: text frames, ping, close."""

    def __init__(self, url, token):
        at = urllib.parse.urlsplit(url)
        port = at.port or (443 if at.scheme == "wss" else 80)
        self.sock = socket.create_connection((at.hostname, port), timeout=2)
        if at.scheme == "wss":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=at.hostname)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {at.path} HTTP/1.1", f"Host: {at.hostname}:{port}", "Connection: Upgrade", "Upgrade: websocket",
                f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Authorization: Bearer {token}"]
        self.sock.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        self.file = self.sock.makefile("rb")
        status = self.file.readline()
        if b" 101 " not in status:
            raise ConnectionError(f"Haltwatch refused: {status.decode(errors='replace').strip()}")
        while self.file.readline() not in (b"\r\n", b""):
            pass
        self.sock.settimeout(SILENT_S)
        self.lock = threading.Lock()

    def send(self, data, opcode=1):
        data = data.encode() if isinstance(data, str) else data
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        mask = os.urandom(4)
        key = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big") if size else b""
        with self.lock:
            self.sock.sendall(head + mask + masked)

    def receive(self):
        """The next text; None when the other side has closed."""
        text = b""
        while True:
            first, size = self._read(2)
            size &= 0x7F
            if size > 125:
                size = struct.unpack("!H" if size == 126 else "!Q", self._read(2 if size == 126 else 8))[0]
            data, opcode = self._read(size), first & 0x0F
            if opcode == 8:
                return None
            if opcode == 9:
                self.send(data, 10)
            elif opcode in (0, 1):
                text += data
                if first & 0x80:
                    return text.decode()

    def _read(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise ConnectionError("the connection ended")
        return data

    def close(self):
        self.sock.close()


class Series:
    """A counter or a gauge with its labels."""

    def __init__(self, link, ref, name, labels, kind):
        self.link, self.ref, self.name, self.labels, self.kind, self.value = link, ref, name, labels, kind, 0.0

    def inc(self, by=1.0):
        self.set(self.value + by)

    def set(self, value):
        self.value = value
        self.link.changed(self)


def announcement(series):
    return {"type": "series", "series": [[one.ref, one.name, one.labels, one.kind] for one in series]}


class Link:
    def __init__(self, url, token, bot, lost_lease=HALTED):
        self.url, self.token, self.bot, self.lost_lease = url, token, bot, lost_lease
        self.process, self.series, self.socket, self.names = str(uuid.uuid4()), [], None, set()
        self.epoch, self.pauses, self.until, self.sent, self.handled = -1, [], -1.0, {}, set()
        self.on_pause = lambda pause: {"cancelled": 0, "failed": 0, "left_open": 0}
        self.stopped, self.adding = threading.Event(), threading.Lock()

    def counter(self, name, **labels):
        return self._add(name, labels, "counter")

    def gauge(self, name, **labels):
        return self._add(name, labels, "gauge")

    def _add(self, name, labels, kind):
        with self.adding:  # each series is announced once in each link, before its first sample
            series = Series(self, len(self.series) + 1, name, labels, kind)
            self.series.append(series)
            if self.socket:  # a new count is told of at zero, so that its first increase is seen as one
                self._try(lambda: (self._send(**announcement([series])), self._samples([series])))
        return series

    def allowed(self, intent, venue=None, strategy=None):
        """Whether an order may be sent now. What is not named may be anything, so a pause of any venue forbids it."""
        level = ACTIVE if time.monotonic() < self.until else self.lost_lease
        for pause in self.pauses:
            scope = pause.get("scope", {})
            if all(want is None or scope.get(key) in (None, want) for key, want in (("venue", venue), ("strategy", strategy))):
                level = max(level, REDUCING if pause.get("state") == "REDUCING" else HALTED)
        return level < (HALTED if intent == "close" else REDUCING)

    def changed(self, series):
        if self.socket and series.name in self.names:
            self._try(lambda: self._samples([series]))

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self):
        self.stopped.set()
        self._try(lambda: self._send(type="bye", reason="the bot stops"))
        self.until = -1.0

    def _run(self):
        wait = 0.1
        while not self.stopped.is_set():
            socket_ = None
            try:
                socket_ = WebSocket(self.url, self.token)
                self._greet(socket_)
                wait = 0.1
                while (text := socket_.receive()) is not None:
                    self._handle(json.loads(text))
            except (OSError, ValueError, KeyError) as error:
                print(f"haltwatch link: {error}")
            finally:
                self.socket = None  # pauses stay; the lease ends by itself
                if socket_:
                    socket_.close()
            self.stopped.wait(wait * (0.5 + os.urandom(1)[0] / 512))
            wait = min(wait * 2, 5.0)

    def _greet(self, socket_):
        hello = {"type": "hello", "protocol": 1, "bot": self.bot, "process": self.process, "wall": int(time.time() * 1000),
                 "version": "python", "mono": time.monotonic() * 1000, "epoch": max(self.epoch, 0)}
        socket_.send(json.dumps(hello))
        welcome = json.loads(socket_.receive() or "{}")
        if welcome.get("type") != "welcome":
            raise ConnectionError(f"no welcome: {welcome}")
        self.names, self.sent = set(welcome["names"]), {}
        with self.adding:
            socket_.send(json.dumps(announcement(self.series)))
            self.socket = socket_
        threading.Thread(target=self._beat, args=(socket_, welcome), daemon=True).start()

    def _beat(self, socket_, welcome):
        """Renews the lease and sends everything, once a second."""
        seq = 0
        while self.socket is socket_ and not self.stopped.is_set():
            seq += 1
            self.sent[seq] = time.monotonic()  # before it is sent: the lease counts from here
            self._try(lambda: (self._send(type="renew", seq=seq), self._samples(list(self.series), all=True)))
            time.sleep(min(welcome["renew_ms"], welcome["interval_ms"]) / 1000)

    def _handle(self, frame):
        kind = frame["type"]
        if kind == "grant" and frame["seq"] in self.sent and frame["epoch"] >= self.epoch:
            self.until = max(self.until, self.sent.pop(frame["seq"]) + frame["lease_ms"] / 1000)
        if kind in ("grant", "pause", "arm") and frame["epoch"] >= self.epoch:
            self.epoch, self.pauses = frame["epoch"], frame["pauses"]
            new = [pause for pause in self.pauses if pause["epoch"] not in self.handled]
            self.handled = {pause["epoch"] for pause in self.pauses}
            for pause in new:
                self._send(type="ack", epoch=pause["epoch"], stage="received")
                threading.Thread(target=self._report, args=(pause,), daemon=True).start()
        elif kind == "watch":
            self.names = set(frame["names"])
        elif kind == "error":
            print(f"haltwatch link: {frame['code']}: {frame['message']}")

    def _report(self, pause):
        began, report = time.monotonic(), {}
        try:
            report = {"outcome": "done", **self.on_pause(pause)}
        except Exception as error:  # the bot's own code
            report = {"outcome": "failed", "note": str(error)}
        took = (time.monotonic() - began) * 1000
        self._try(lambda: self._send(type="ack", epoch=pause["epoch"], stage="done", took_ms=took, **report))

    def _samples(self, series, **flags):
        values = [[one.ref, one.value] for one in series]
        self._send(type="samples", time=int(time.time() * 1000), values=values, **flags)

    def _send(self, **frame):
        if self.socket:
            self.socket.send(json.dumps(frame))

    def _try(self, act):
        try:
            act()
        except OSError as error:
            print(f"haltwatch link: {error}")
