"""A real SMTP server for the tests, with faults on demand (aiosmtpd).

Writes each message to FOLDER/NNNN.eml with its envelope in NNNN.json, a line per connection to FOLDER/connections, prints « PORT n » once it
listens on 127.0.0.1, and ends when its standard input does.
"""

import argparse
import asyncio
import json
import os
import ssl
import subprocess
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate", metavar="FOLDER", help="make a self-signed certificate there: cert.pem, key.pem")
parser.add_argument("--name", default="localhost", help="the name in the certificate")
parser.add_argument("--starttls", choices=["none", "offer", "require"], default="none")
parser.add_argument("--smtps", action="store_true")
parser.add_argument("--login", metavar="USER:PASSWORD", help="require AUTH")
parser.add_argument("--greeting", metavar="ANSWER", help="refuse every connection with it, as in '554 5.3.2 closed'")
parser.add_argument("--refuse-sender", metavar="ANSWER")
parser.add_argument("--refuse-recipient", metavar="ADDRESS=ANSWER", action="append", default=[])
parser.add_argument("--refuse-message", metavar="ANSWER", help="after the final dot")
parser.add_argument("--drop", choices=["connect", "data-start", "data-end"], help="close the connection there")
parser.add_argument("--slow", type=float, default=0, metavar="SECONDS", help="wait before taking each message")
parser.add_argument("--times", type=int, default=-1, help="how often the refusals of messages and drops happen")
options = parser.parse_args()

faults = {"left": options.times}
counters = {"messages": 0, "connections": 0}


def fault():
    """True while faults are to happen."""
    if faults["left"] == 0:
        return False
    faults["left"] -= 1
    return True


def certificate():
    if not options.certificate:
        return None
    files = [os.path.join(options.certificate, name) for name in ("cert.pem", "key.pem")]
    if not all(map(os.path.exists, files)):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-subj", f"/CN={options.name}", "-addext", f"subjectAltName=DNS:{options.name}"]
            + ["-out", files[0], "-keyout", files[1]], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if options.refuse_sender and fault():
            return options.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        for refusal in options.refuse_recipient:
            refused, _, answer = refusal.partition("=")
            if address == refused and fault():
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if options.slow:
            await asyncio.sleep(options.slow)
        if options.drop == "data-end" and fault():
            server.transport.abort()
            return "421 gone"
        if options.refuse_message and fault():
            return options.refuse_message
        counters["messages"] += 1
        name = os.path.join(options.folder, f"{counters['messages']:04}")
        facts = {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": options.smtps or session.ssl is not None,
            "authenticated": bool(session.authenticated), "connection": server.number,
        }
        with open(name + ".json", "w") as file:
            json.dump(facts, file)
        with open(name + ".part", "wb") as file:
            file.write(envelope.original_content)
        # The .eml is there once both are whole.
        os.rename(name + ".part", name + ".eml")
        return "250 OK"


class Server(SMTP):
    def connection_made(self, transport):
        if self.transport is None or self.transport is not transport:
            counters["connections"] += 1
            with open(os.path.join(options.folder, "connections"), "a") as file:
                file.write("connection\n")
        self.number = counters["connections"]
        if options.drop == "connect" and fault():
            transport.abort()
            return
        if options.greeting:
            transport.write(options.greeting.encode() + b"\r\n")
            transport.close()
            return
        super().connection_made(transport)

    async def smtp_DATA(self, arg):
        if options.drop == "data-start" and fault():
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def authenticate(server, session, envelope, mechanism, data):
    user, _, password = (options.login or "").partition(":")
    good = isinstance(data, LoginPassword) and data.login.decode() == user and data.password.decode() == password
    return AuthResult(success=good, handled=False)


async def main():
    context = certificate()
    loop = asyncio.get_running_loop()

    def make():
        return Server(
            Handler(), loop=loop, hostname="localhost", enable_SMTPUTF8=True,
            tls_context=context if options.starttls != "none" else None, require_starttls=options.starttls == "require",
            auth_required=options.login is not None, auth_require_tls=False, authenticator=authenticate)

    server = await loop.create_server(make, "127.0.0.1", options.port, ssl=context if options.smtps else None)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


os.makedirs(options.folder, exist_ok=True)
threading.Thread(target=end_with_parent, daemon=True).start()
asyncio.run(main())
