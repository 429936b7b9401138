"""Attacks over the network: there is none, not even the machine itself."""
import socket

import pytest


@pytest.mark.parametrize("family, address", [
    ("AF_INET", ("127.0.0.1", None)), ("AF_INET", ("1.1.1.1", 53)), ("AF_INET6", ("::1", None)),
], ids=["this machine", "outside", "IPv6"])
def test_no_connection_can_be_made(attack, family, address):
    with socket.create_server(("", 0)) as server:
        host, port = address
        outcome, _ = attack("import socket\n"
                            f"with socket.socket(socket.{family}) as s:\n    s.settimeout(2)\n"
                            f"    s.connect(({host!r}, {port or server.getsockname()[1]}))\nprint('connected')")
    assert outcome.error and "connected" not in outcome.output.splitlines()


def test_names_in_the_abstract_namespace_are_not_shared(attack):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0nnlib-test")
        server.listen()
        outcome, _ = attack("import socket\nsocket.socket(socket.AF_UNIX).connect('\\0nnlib-test')")
    assert "refused" in outcome.error


def test_two_submissions_cannot_talk(sandbox):
    with sandbox.session() as one, sandbox.session() as two:
        assert one.run("import socket\ns = socket.socket(socket.AF_UNIX); s.bind('\\0meet'); s.listen()").error == ""
        assert "refused" in two.run("import socket\nsocket.socket(socket.AF_UNIX).connect('\\0meet')").error


@pytest.mark.parametrize("family", ["AF_VSOCK", "AF_ALG", "AF_PACKET"])
def test_a_socket_that_namespaces_do_not_keep_apart_cannot_be_made(attack, family):
    """Such as one to the machine that this one is a guest of."""
    outcome, _ = attack(f"import socket\nkind = socket.SOCK_SEQPACKET if '{family}' == 'AF_ALG' else socket.SOCK_STREAM\n"
                        f"socket.socket(socket.{family}, kind)")
    assert "not supported" in outcome.error
