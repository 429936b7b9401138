"""What one submission may use."""
from dataclasses import dataclass

MiB = 2 ** 20
GiB = 2 ** 30


@dataclass(frozen=True)
class Limits:
    """Limits of one submission. The cells and the calls after them share the deadline.

    Units     bytes; processes as a count, threads included; seconds by the clock, but cpu; share of one processor
    """

    memory: int = 2 * GiB           # of all its processes together, without what they share with the fork server
    scratch: int = 128 * MiB        # its folder, which lies in memory: the data that it brings, and as much again
    file: int = 64 * MiB            # one file, or all that a submission brings
    output: int = 1 * MiB           # what one cell prints, and one message of a kernel
    processes: int = 64
    cpu: float = 60.0               # of each process
    cells: float = 45.0             # all cells together; the copies at graded cells live on
    call: float = 10.0              # all cases of one task
    deadline: float = 60.0          # everything
    share: float = 0.3              # of a processor: who had less, and ran out of time, has only met a busy machine. With
                                    # more, the self-checks of an assignment end in time, even if no answer in it does

    @classmethod
    def of(cls, seconds=None, memory=None):
        """Limits with so much time and memory for a submission; the limits of its parts grow along. None is as usual."""
        usual = cls()
        times = {name: getattr(usual, name) * seconds / usual.deadline for name in ("cpu", "cells", "call", "deadline")
                 } if seconds else {}
        return cls(**times, memory=memory or usual.memory)

    def __post_init__(self):
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"Limits: {name} is {value}, expected a number above 0.")
