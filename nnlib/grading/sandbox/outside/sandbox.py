"""Start the fork server, open a session for each submission."""
import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs

from ...errors import GradingError
from . import bubblewrap, owned_folder, view
from .limits import Limits
from .session import Session

READY = 120.0                       # seconds for the imports of the fork server, compiling included


class Sandbox:
    """One fork server. Use it in a with statement, in a thread that outlives it: the server dies with that thread.

    ``library`` holds the package nnlib to use inside instead of the installed one. It shows none of the paths ``hidden``,
    and looks before it begins. ``unsafe`` runs student code with
    limits for each process and a deadline, but with all rights of this user. Without ``kernels`` it runs only plain
    cells, and starts sooner.

    Raises    GradingError if nothing here keeps student code apart and unsafe is False, or if the server does not start
    """

    def __init__(self, limits=None, library=None, unsafe=False, kernels=True, hidden=()):
        self.limits = limits or Limits()
        self.library = Path(library).resolve() if library else view.here()
        self.isolated, self.kernels, self.hidden = not unsafe, kernels, hidden
        if (self.isolated or not sys.platform.startswith("linux")) and bubblewrap.obstacle():
            raise GradingError(f"sandbox: {bubblewrap.obstacle()}")
        if not (self.library / "nnlib" / "grading" / "sandbox" / "inside" / "server.py").is_file():
            raise GradingError(f"sandbox: {self.library} holds no complete package nnlib.\nPass the folder above it.")

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            cache = platformdirs.user_cache_path("nnlib") / "sandbox"
            cache.mkdir(parents=True, exist_ok=True)
            self.requests, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(self.requests)
            arguments = ["-m", "nnlib.grading.sandbox.inside.server", str(inside.fileno()),
                         "isolated" if self.isolated else "unsafe", "kernels" if self.kernels else "cells"]
            if self.isolated:
                arguments += view.places(view.unseen(self.hidden))
                command, environment = bubblewrap.command(self.library, cache, arguments, self.hidden), None
            else:
                command = [sys.executable, *arguments]
                environment = {**os.environ, **bubblewrap.ONE_THREAD, "PYTHONPATH": str(self.library), "MPLBACKEND": "agg"}
            errors = stack.enter_context(tempfile.TemporaryFile())
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment,
                pass_fds=[inside.fileno()], start_new_session=True, cwd="/")
            stack.callback(self._stop)
            inside.close()
            self.requests.settimeout(READY)
            try:
                ready = self.requests.recv(16) == b"ready"
            except OSError:
                ready = False
            if not ready:
                self.process.kill()
                self.process.wait()
                errors.seek(0)
                words = errors.read().decode(errors="replace").strip()[-2000:]
                raise GradingError(f"sandbox: the fork server does not start:\n{words or 'it says nothing'}\n"
                                   "Run: nnlib doctor")
            self.requests.settimeout(None)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        self._stack.close()

    def _stop(self):
        self.requests.close()
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def session(self, files=None, kernel=None):
        """A process of its own for one submission; ``files`` are its data, {name: bytes}.

        ``kernel``, {"key": str, "channels": {port: listening socket}}, asks for a Jupyter kernel.
        """
        with contextlib.ExitStack() as stack:
            pairs = [socket.socketpair() for _ in range(2)]
            for pair in pairs:
                for end in pair:
                    stack.enter_context(end)
            folder = None if self.isolated else str(stack.enter_context(owned_folder.folder()))
            channels = kernel["channels"] if kernel else {}
            request = {"folder": folder, "kernel": kernel and {"key": kernel["key"], "channels": list(channels)},
                       **dataclasses.asdict(self.limits)}
            sockets = [inside for _, inside in pairs] + list(channels.values())
            session = Session(self.limits, *(outside for outside, _ in pairs), self.isolated)
            try:
                socket.send_fds(self.requests, [json.dumps(request).encode()], [sock.fileno() for sock in sockets])
            except OSError:
                raise GradingError("sandbox: the fork server is gone.\nOpen a new Sandbox.") from None
            for _, inside in pairs:
                inside.close()
            try:
                session.open(files or {})
                yield session
            finally:
                session.close()
