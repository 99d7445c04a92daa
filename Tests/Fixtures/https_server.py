#!/usr/bin/env python3
"""An https server for tests: the files of a folder, and everything that can go wrong with a download.

Usage: https_server.py FOLDER

Makes a self-signed certificate in FOLDER (cert.pem, key.pem), prints "PORT n", and ends when its standard input does.
Writes a line a request to FOLDER/requests.
"""
import http.server
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

folder = sys.argv[1]
cert, key = (os.path.join(folder, name) for name in ("cert.pem", "key.pem"))
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key],
    check=True, stderr=subprocess.DEVNULL)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(os.path.join(folder, "requests"), "a") as log:
            log.write(f"{self.path} {self.headers['User-Agent']}\n")
        path = self.path.split("?")[0]
        try:
            getattr(self, "do_" + path.split("/")[1].replace("-", "_"))(path)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass

    def answer(self, status, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def do_file(self, path):
        with open(os.path.join(folder, os.path.basename(path)), "rb") as file:
            content = file.read()
        self.answer(200, ("Content-Length", str(len(content))))
        self.wfile.write(content)

    def do_status(self, path):
        self.answer(int(path.split("/")[2]), ("Content-Length", "0"))

    def do_redirect(self, path):
        """/redirect/3/file/of.csv: three redirections on the way."""
        _, _, count, rest = path.split("/", 3)
        following = f"/redirect/{int(count) - 1}/{rest}" if int(count) > 1 else f"/{rest}"
        self.answer(302, ("Location", following), ("Content-Length", "0"))

    def do_elsewhere(self, path):
        """/elsewhere/http/…: to the same server, by another scheme."""
        _, _, scheme, rest = path.split("/", 3)
        address = f"file://{folder}/{rest}" if scheme == "file" else f"{scheme}://localhost:{port}/file/{rest}"
        self.answer(302, ("Location", address), ("Content-Length", "0"))

    def do_huge(self, _):
        self.answer(200, ("Content-Length", str(1 << 40)))

    def do_endless(self, _):
        self.answer(200)
        while True:
            self.wfile.write(b"11755161475;343506333\n" * 1000)

    def do_slow(self, _):
        self.answer(200, ("Content-Length", "1000000"))
        while True:
            self.wfile.write(b"1")
            time.sleep(0.2)

    def do_chunked(self, path):
        with open(os.path.join(folder, os.path.basename(path)), "rb") as file:
            content = file.read()
        self.protocol_version = "HTTP/1.1"
        self.answer(200, ("Transfer-Encoding", "chunked"), ("Connection", "close"))
        for start in range(0, len(content), 100):
            self.wfile.write(self.chunk(content[start:start + 100]))
        self.wfile.write(b"0\r\n\r\n")

    @staticmethod
    def chunk(part):
        return f"{len(part):x}\r\n".encode() + part + b"\r\n"

    def do_cut(self, path):
        """/cut/length/of.csv: says how long it is; /cut/chunked/of.csv; /cut/close/of.csv: says nothing of it."""
        _, _, how, name = path.split("/")
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        if how == "chunked":
            self.protocol_version = "HTTP/1.1"
        self.answer(200, *{
            "length": [("Content-Length", str(len(content)))], "chunked": [("Transfer-Encoding", "chunked")]
        }.get(how, []))
        half = content[:len(content) // 2]
        self.wfile.write(self.chunk(half) if how == "chunked" else half)
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
port = server.server_port
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print("PORT", port, flush=True)
sys.stdin.read()
