"""A mail server that comes and goes, defers, and drops connections; it keeps what it took."""

import asyncio
import email
import email.policy
import random
import threading
import time

from aiosmtpd.smtp import SMTP


class MailServer(threading.Thread):
    def __init__(self, port, seed, until):
        super().__init__(daemon=True)
        self.port, self.until = port, until
        self.random = random.Random(seed)
        self.taken = []
        self.outages = self.deferred = self.dropped = 0
        self.is_over = threading.Event()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        while not self.is_over.is_set():
            peers = set()
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: self.protocol(loop, peers), "127.0.0.1", self.port)
            end = time.monotonic() + self.random.uniform(2, 8)
            while not self.is_over.is_set() and (time.monotonic() < end or not self.is_troubled()):
                await asyncio.sleep(0.1)
            server.close()
            for transport in list(peers):
                transport.abort()
            if self.is_troubled():
                self.outages += 1
                await asyncio.sleep(self.random.uniform(0.5, 4))

    def is_troubled(self):
        return time.monotonic() < self.until

    def protocol(self, loop, peers):
        outer = self

        class Server(SMTP):
            def connection_made(self, transport):
                peers.add(transport)
                super().connection_made(transport)

            def connection_lost(self, error):
                peers.discard(self.transport)
                super().connection_lost(error)

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                chance = outer.random.random() if outer.is_troubled() else 1
                if chance < 0.1:
                    outer.deferred += 1
                    return "451 4.3.0 later"
                if chance < 0.2:
                    outer.dropped += 1
                    server.transport.abort()
                    return "421 gone"
                message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
                outer.taken.append(
                    (envelope.rcpt_tos[0], message["Message-ID"], message["Subject"], message.get_content()))
                return "250 OK"

        return Server(Handler(), loop=loop, hostname="localhost", enable_SMTPUTF8=True)
