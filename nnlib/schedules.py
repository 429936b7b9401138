"""Learning rates that change: each function here returns a schedule, step -> learning rate.

    optimizer = nnlib.SGD(nnlib.schedules.cosine(0.5, steps=9000))

Steps count updates from 0. A function of yours from step to learning rate is a schedule too.
"""
import math

from .layers.base import as_setting, as_size


def step_decay(learning_rate, *, every, factor=0.1):
    """Multiply the learning rate by ``factor`` again and again.

    Equation  rate = learning_rate factor^floor(step / every)
    """
    learning_rate = as_setting(learning_rate, "step_decay", "learning_rate")
    factor = as_setting(factor, "step_decay", "factor")
    every = as_size(every, "step_decay", "every")
    return lambda step: learning_rate * factor ** (step // every)


def cosine(learning_rate, *, steps, last=0.0):
    """Half a wave from the learning rate down to ``last``, which stays.

    Equation  rate = last + (learning_rate - last) (1 + cos(pi min(step / steps, 1))) / 2
    Source    Loshchilov and Hutter (2017), SGDR
    """
    learning_rate, last = as_setting(learning_rate, "cosine", "learning_rate"), as_setting(last, "cosine", "last")
    steps = as_size(steps, "cosine", "steps")
    return lambda step: last + (learning_rate - last) * (1 + math.cos(math.pi * min(step / steps, 1))) / 2


def warm_up(learning_rate, *, steps):
    """Rise to the learning rate on a straight line over the first steps, then follow it.

    The learning rate is a number, or another schedule: ``warm_up(cosine(0.1, steps=1000), steps=100)``.

    Equation  rate = learning_rate(step) min((step + 1) / steps, 1)
    """
    follow, steps = as_schedule(learning_rate, "warm_up"), as_size(steps, "warm_up", "steps")
    return lambda step: follow(step) * min((step + 1) / steps, 1)


def as_schedule(learning_rate, owner):
    """A schedule as it is; a number as the schedule that stays there, else ValueError."""
    if callable(learning_rate):
        return learning_rate
    learning_rate = as_setting(learning_rate, owner, "learning_rate")
    return lambda step: learning_rate
