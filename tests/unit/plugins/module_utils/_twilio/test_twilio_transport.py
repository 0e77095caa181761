# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seam's real side, against a server on the loopback interface that misbehaves on purpose."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import (
    AnswerLostError,
    NotSentError,
    Reply,
    RequestsTransport,
)

Behaviour = Callable[[socket.socket], None]


class Server:
    """Accepts connections and treats each as told; counts them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1/Trunks"
        self.connections = 0
        self.behaviour = behaviour
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self.behaviour(connection)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    servers: list[Server] = []

    def start(behaviour: Behaviour) -> Server:
        servers.append(Server(behaviour))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    return received


def answer(connection: socket.socket) -> None:
    while read_request(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Thing: yes\r\nContent-Length: 2\r\n\r\n{}")


def reset(connection: socket.socket) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def keep_silent(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)  # until the client gives up


def break_off(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{")


def speak_http_1_0(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")  # the end of the connection ends the answer


def answer_once(connection: socket.socket) -> None:
    """Answer, and close the connection when the next request has arrived on it: it was idle for too long."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    read_request(connection)


def send(url: str, read_timeout: float = 5.0, transport: RequestsTransport | None = None, method: str = "GET") -> Reply:
    transport = transport or RequestsTransport(connections=1)
    return transport.send(
        method, url, params={"PageSize": "1"}, data=None, headers={}, auth=("AC", "x"), timeout=(5.0, read_timeout)
    )


def test_connections_are_kept_alive(serve: Callable[[Behaviour], Server]) -> None:
    server = serve(answer)
    transport = RequestsTransport(connections=1)
    replies = [send(server.url, transport=transport) for _turn in range(3)]
    assert {(reply.status, reply.text, reply.header("x-thing")) for reply in replies} == {(200, "{}", "yes")}
    assert server.connections == 1
    assert replies[0].header("absent") is None


def test_an_http_1_0_server_is_understood(serve: Callable[[Behaviour], Server]) -> None:
    server = serve(speak_http_1_0)
    transport = RequestsTransport(connections=1)
    assert [send(server.url, transport=transport).text for _turn in range(2)] == ["{}", "{}"]
    assert server.connections == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_kept_connection_that_closes_under_a_request_leaves_its_outcome_unknown(
    serve: Callable[[Behaviour], Server], method: str
) -> None:
    """Nobody below may send the request again: the server may have done what it asks before it closed."""
    server = serve(answer_once)
    transport = RequestsTransport(connections=1)
    send(server.url, transport=transport)
    with pytest.raises(AnswerLostError, match="connection was lost"):
        send(server.url, transport=transport, method=method)
    assert server.connections == 1, "the request was sent again"


def test_a_large_answer_is_read_whole(serve: Callable[[Behaviour], Server]) -> None:
    body = b'{"x": "' + b"y" * (1 << 20) + b'"}'

    def answer_at_length(connection: socket.socket) -> None:
        read_request(connection)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    assert len(send(serve(answer_at_length).url).text) == len(body)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [(reset, "connection was lost"), (keep_silent, "no answer within 0.1 s"), (break_off, "answer broke off")],
)
def test_a_lost_answer_is_told_from_a_request_not_sent(
    serve: Callable[[Behaviour], Server], behaviour: Behaviour, reason: str
) -> None:
    with pytest.raises(AnswerLostError, match=reason):
        send(serve(behaviour).url, read_timeout=0.1)


def test_refused_connection_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSentError, match="refuses connections") as refused:
        send(f"http://127.0.0.1:{port}/")
    assert refused.value.again


def test_impossible_request_is_not_worth_trying_again() -> None:
    with pytest.raises(NotSentError, match="not possible: InvalidURL") as refused:
        send("http://")
    assert not refused.value.again


def behind_proxy(cause: Exception) -> requests.exceptions.ProxyError:
    """Return what the libraries make of a failure on a connection through a proxy."""
    wrapped = ProxyError("Cannot connect to proxy.", cause)
    return requests.exceptions.ProxyError(MaxRetryError(None, "/v1/Trunks", wrapped))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "expected", "again"),
    [
        (requests.exceptions.ConnectTimeout("slow"), NotSentError, True),
        (behind_proxy(NewConnectionError(None, "refused")), NotSentError, True),
        (behind_proxy(ConnectTimeoutError("slow")), NotSentError, True),
        (behind_proxy(OSError("Tunnel connection failed: 407 Proxy Authentication Required")), NotSentError, True),
        (behind_proxy(ConnectionResetError("after the request was sent")), AnswerLostError, None),
        (requests.exceptions.ProxyError("closed"), AnswerLostError, None),
        (requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), NotSentError, False),
        (requests.exceptions.SSLError("EOF occurred"), AnswerLostError, None),
        (requests.exceptions.ConnectionError(), AnswerLostError, None),
    ],
)
def test_failures_are_sorted_by_whether_the_request_was_sent(
    monkeypatch: pytest.MonkeyPatch, error: Exception, expected: type[Exception], again: bool | None
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(expected) as raised:
        send("http://127.0.0.1/")
    assert getattr(raised.value, "again", None) == again
