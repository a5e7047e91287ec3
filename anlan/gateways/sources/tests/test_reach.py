"""What a page may make the server ask."""

import pytest

from anlan.gateways.sources.reach import refuse_own
from anlan.kernel.errors import Invalid


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://localhost:8443/x",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
    ],
)
def test_the_machine_itself_and_link_local_addresses_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        refuse_own([url])


def test_departments_in_the_same_private_network_are_not() -> None:
    refuse_own(["http://10.33.1.20:8080/api", "http://192.168.4.4/", "", "http://nowhere.invalid/"])
