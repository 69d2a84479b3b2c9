import pytest

from tests.cockpit import flying


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    return flying.model(tmp_path_factory.mktemp("flying"))
