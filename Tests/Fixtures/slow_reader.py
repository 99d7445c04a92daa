"""Reads one page over TLS slowly and steadily, with little room in its kernel; prints what it has read, or how it ended.

slow_reader.py ADDRESS COOKIE BYTES_PER_SECOND [SECONDS_OF_SILENCE]
"""
import hashlib
import socket
import ssl
import sys
import time
from urllib.parse import urlsplit

address, cookie, rate = urlsplit(sys.argv[1]), sys.argv[2], int(sys.argv[3])
silence = float(sys.argv[4]) if len(sys.argv) > 4 else 0
raw = socket.socket()
raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
raw.settimeout(120)
raw.connect((address.hostname, address.port))
context = ssl._create_unverified_context()
connection = context.wrap_socket(raw, server_hostname=address.hostname)
connection.sendall(
    f'GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n'.encode())
time.sleep(silence)
received, began = bytearray(), time.monotonic()
try:
    while True:
        # What is late is made up for: the rate holds on the whole, however busy the machine is.
        due = int((time.monotonic() - began) * rate) + 1024
        if due <= len(received):
            time.sleep(0.02)
            continue
        piece = connection.recv(min(due - len(received), 16384))
        if not piece:
            break
        received += piece
except OSError as error:
    print('broken', type(error).__name__, len(received))
    sys.exit(0)
head, _, body = bytes(received).partition(b'\r\n\r\n')
length = next((int(line.split(b':')[1]) for line in head.split(b'\r\n') if line.lower().startswith(b'content-length:')), -1)
print('whole' if len(body) == length else 'cut', len(body), hashlib.sha256(body).hexdigest())
