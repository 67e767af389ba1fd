"""A real SMTP server for tests: tells its port, then prints each mail as a line of JSON. Options: --auth, --refuse, --busy."""

import json
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if "--refuse" in sys.argv:
            return "550 5.1.1 no such mailbox"
        if "--busy" in sys.argv:
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("utf-8", "surrogateescape"),
        }
        print(json.dumps(mail), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"ada", b"very-secret")
    return AuthResult(success=is_right, handled=is_right)


options = {}
if "--auth" in sys.argv:
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
controller = Controller(Handler(), hostname="127.0.0.1", port=int(sys.argv[1]), **options)
controller.start()
print(json.dumps({"port": controller.port}), flush=True)
while True:
    time.sleep(60)
