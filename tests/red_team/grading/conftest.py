"""Every file here is a class of attacks, ATTACKS, and is graded in one run for each engine."""
import pytest
from red_team.grading.arena import ENGINES, fight


@pytest.fixture(scope="module", params=ENGINES)
def arena(request, released_course, tmp_path_factory):
    """The run over the attacks of this file."""
    return fight(released_course, tmp_path_factory.mktemp(request.param), request.module.ATTACKS, request.param)


def pytest_generate_tests(metafunc):
    if "attacker" in metafunc.fixturenames:
        attacks = metafunc.module.ATTACKS
        metafunc.parametrize("attacker", attacks.values(), ids=list(attacks))
