"""A sandbox with small limits. After every attack an honest submission is run in it and keeps its answer."""
import dataclasses

import numpy as np
import pytest

from nnlib.grading.sandbox.outside import Limits, Sandbox

MiB = 2 ** 20
LIMITS = Limits(memory=400 * MiB, scratch=16 * MiB, file=8 * MiB, output=20_000, processes=40, cpu=4, cells=5,
                call=2, deadline=8)


@pytest.fixture(scope="session")
def warm_sandbox():
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def warm_hasty_sandbox():
    with Sandbox(dataclasses.replace(LIMITS, cpu=2, cells=1.5, call=0.75, deadline=4)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(warm_sandbox):
    yield from unharmed(warm_sandbox)


@pytest.fixture
def hasty_sandbox(warm_hasty_sandbox):
    """One for attacks that wait for the end of their time: it comes soon."""
    yield from unharmed(warm_hasty_sandbox)


def unharmed(sandbox):
    yield sandbox
    with sandbox.session() as session:
        assert session.run("def double(x):\n    return 2 * x").error == ""
        session.snapshot("test_double")
        reply, = session.call("test_double", "double", [(np.array([1.0, 2.0]),)])
        assert reply.kind == "" and reply.outputs[0].tolist() == [2, 4], "an honest submission fails after the attack"
    assert session.ended == ""


@pytest.fixture
def attack(sandbox):
    """Run cells in one session: (outcome of the last, session). What the attack prints shows what it reached."""
    def run(*cells):
        with sandbox.session({"data.csv": b"1,2"}) as session:
            outcomes = [session.run(cell) for cell in cells]
        return outcomes[-1], session
    return run
