"""Every file here is a class of attacks, ATTACKS, and is graded in one run for each engine, within its LIMITS."""
import pytest
from red_team.grading import arena as arenas


@pytest.fixture(scope="module", params=arenas.ENGINES)
def arena(request, released_course, tmp_path_factory):
    """The run over the attacks of this file."""
    limits = getattr(request.module, "LIMITS", arenas.LIMITS)
    return arenas.fight(released_course, tmp_path_factory.mktemp(request.param), request.module.ATTACKS, request.param,
                        limits)


def pytest_generate_tests(metafunc):
    if "attacker" in metafunc.fixturenames:
        attacks = metafunc.module.ATTACKS
        metafunc.parametrize("attacker", attacks.values(), ids=list(attacks))
