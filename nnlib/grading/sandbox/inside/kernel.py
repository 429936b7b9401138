"""A Jupyter kernel as the student's process. It inherits sockets that the grader opened, and needs no network."""
import signal

import zmq
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from tornado.ioloop import IOLoop

from .. import wire
from .copies import snapshot


class BoundedSession(Session):
    """Cuts long texts before they leave: the grader closes a channel on messages that are too long."""

    size = 2 ** 20

    def send(self, stream, message, content=None, *arguments, **options):
        cut(message.get("content", {}) if isinstance(message, dict) else content or {}, self.size)
        return super().send(stream, message, content, *arguments, **options)


def cut(content, size):
    """Shorten every long text in the content of a message, in place."""
    for key, value in content.items():
        if isinstance(value, dict):
            cut(value, size)
        elif isinstance(value, str) and len(value) > size:
            content[key] = value[:size] + "\n... (output cut here)"


class KernelApp(IPKernelApp):
    """A kernel that binds to sockets it is given, and has no connection file and no heartbeat."""

    def init_connection_file(self):
        """The connection is known already."""

    def write_connection_file(self, **_):
        """Nobody reads it."""

    def init_heartbeat(self):
        """The grader watches the process itself."""

    def _try_bind_socket(self, s, port):
        s.setsockopt(zmq.USE_FD, self.channels[port - 1])
        s.bind(f"ipc:///scratch/channel-{port}")
        return port


def run_kernel(control, channels, request):
    """Run the kernel on these listening sockets; copy the process whenever the grader asks, between two cells."""
    session = BoundedSession(key=request["kernel"]["key"].encode())
    session.size = request["output"]
    app = KernelApp.instance(transport="ipc", session=session, parent_handle=0,
                             **{name: number for number, name in enumerate(request["kernel"]["channels"], 1)})
    app.channels = [sock.detach() for sock in channels]
    app.initialize(["--HistoryManager.enabled=False"])
    app.shell.ask_exit = lambda: None            # quit() would end the kernel soon, in a race with the cells that follow
    signal.signal(signal.SIGINT, signal.default_int_handler)
    IOLoop.current().add_handler(control, lambda *_: copy(control, app.shell.user_ns), IOLoop.READ)
    app.start()


def copy(control, names):
    """Answer one request of the grader, or end when it is gone."""
    wire.receive(control)
    snapshot(control, names)
