"""One mistake costs its points once: later references can call what a student got wrong, in one thread and not in others."""
import contextlib
import contextvars
import functools
import types
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import GradingError

CARRIED = contextvars.ContextVar("carried", default=types.MappingProxyType({}))     # {task: Misconception or Own}


@dataclass(frozen=True)
class Own:
    """A student's own function for an earlier task, where no misconception explains all that is wrong with it."""

    function: Callable


def switchable(tasks):
    """Put a switch in front of every function that has the name of a task, {name: Task}, in the task's own module."""
    for name, task in tasks.items():
        names = getattr(task.reference, "__globals__", {})
        if isinstance(names.get(name), types.FunctionType):
            names[name] = switch(name, names[name])


def switch(name, reference):
    """A function that calls the reference of a task, or what this thread carries instead."""
    @functools.wraps(reference)
    def either(*arguments, **named):
        carried = CARRIED.get().get(name)
        return (carried.function if carried else reference)(*arguments, **named)

    either.switches = reference
    return either


@contextlib.contextmanager
def carrying(task, carried):
    """The reference and misconceptions of a task call what is carried instead of the references of earlier tasks.

    Raises    GradingError if the task was not made by load_tasks
    """
    names = task.reference.__globals__
    for name in carried:
        if isinstance(names.get(name), types.FunctionType) and not hasattr(names[name], "switches"):
            raise GradingError(f"{task.name}: its reference finds no switch for {name}.\nMake the tasks with load_tasks.")
    token = CARRIED.set(carried)
    try:
        yield
    finally:
        CARRIED.reset(token)
