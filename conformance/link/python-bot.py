"""A bot for python.test.ts: does what it reads, a line each, and answers with a line of JSON."""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from haltwatch_link import Link  # noqa: E402

link = Link(sys.argv[2] + "/api/haltwatch/link", token=sys.argv[3], bot="py-1")
failed = link.counter("orders_failed_total", venue="cex")
link.on_pause = lambda pause: {"cancelled": 2, "failed": 0, "left_open": 0}
link.start()
for line in sys.stdin:
    word = line.strip()
    if word == "fail":
        failed.inc()
    elif word in ("open", "closed"):
        while link.allowed("open") != (word == "open"):
            time.sleep(0.001)
    elif word == "stop":
        link.stop()
    at = int(time.time() * 1000)
    print(json.dumps({"open": link.allowed("open"), "close": link.allowed("close"), "atMs": at}), flush=True)
