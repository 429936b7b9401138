"""Jupyter's own way to start a kernel elsewhere, here in a session of the sandbox."""
import asyncio
import contextlib
import queue
import signal
import socket
import time

import zmq
from jupyter_client.provisioning import KernelProvisionerBase

from . import owned_folder
from .watch import GONE

CHANNELS = ("shell_port", "iopub_port", "stdin_port", "control_port")
MESSAGE = 8 * 2 ** 20               # bytes of one message; what is longer closes the channel
WAITING = 64                        # messages that may wait in this process


class SandboxProvisioner(KernelProvisionerBase):
    """Runs a kernel in a session of a Sandbox. ``session`` is that session.

    Start a kernel with ``sandbox=...``, and with ``files={name: bytes}`` to give it data.
    """

    session = None
    _closing = None
    connection_info = {}

    @property
    def has_process(self):
        return self.session is not None

    async def pre_launch(self, *, sandbox, files=None, extra_arguments=None, **options):
        self._closing = contextlib.ExitStack()
        self._sandbox, self._files = sandbox, files
        manager = self.parent
        folder = self._closing.enter_context(owned_folder.folder())
        manager.transport, manager.ip = "ipc", f"{folder}/channel"
        for number, name in enumerate((*CHANNELS, "hb_port"), 1):
            setattr(manager, name, number)
        manager.client_factory = bounded(manager.client_factory)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=["nnlib-sandbox"], **options)

    async def launch_kernel(self, cmd, **_):
        manager = self.parent
        with contextlib.ExitStack() as stack:
            channels = {}
            for name in CHANNELS:
                channel = stack.enter_context(socket.socket(socket.AF_UNIX))
                channel.bind(f"{manager.ip}-{getattr(manager, name)}")
                channel.listen()
                channel.setblocking(False)
                channels[name] = channel
            kernel = {"key": manager.session.key.decode(), "channels": channels}
            self.session = self._closing.enter_context(self._sandbox.session(self._files, kernel))
        return self.connection_info

    async def poll(self):
        return None if self.session and self.session.alive else 1

    async def wait(self):
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        return 1

    async def send_signal(self, signum):
        if self.session and signum:
            self.session.signal(signum)

    async def kill(self, restart=False):
        await self.send_signal(signal.SIGKILL)
        with contextlib.suppress(TimeoutError):             # otherwise Jupyter waits 0.1 s more, for every submission
            await asyncio.wait_for(self.wait(), GONE)

    async def terminate(self, restart=False):
        await self.kill(restart)

    async def cleanup(self, restart=False):
        if self._closing:
            self._closing.close()


def bounded(factory):
    """A class of kernel clients that take no long messages and keep few waiting: they would fill this process's memory."""
    class BoundedClient(factory):
        async def wait_for_ready(self, timeout=60.0):
            """As in Jupyter, but without waiting for 0.2 s of silence at the end: late messages belong to no cell."""
            end = time.monotonic() + timeout
            while time.monotonic() < end and await self.is_alive():
                self.kernel_info()
                with contextlib.suppress(queue.Empty):
                    await self.get_shell_msg(timeout=1)
                    await self.get_iopub_msg(timeout=0.2)       # it is connected, too
                    return
            raise RuntimeError("the kernel does not get ready")

        def _context_default(self):
            context = super()._context_default()
            context.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
            context.setsockopt(zmq.RCVHWM, WAITING)
            return context

    return BoundedClient
