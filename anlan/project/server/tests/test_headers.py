"""What browsers are told to refuse."""

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.kernel import workspace
from anlan.project.server import headers
from anlan.project.server.headers import Safety

__all__ = ["workspace_of_tests"]


def policy(safety: Safety) -> dict[str, str]:
    """Read the policy apart."""
    text = dict(safety.headers())["content-security-policy"]
    return dict(part.partition(" ")[::2] for part in text.split("; "))


def test_only_the_operators_maps_may_be_fetched_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(headers, "LOOK_S", 0.0)
    safety = Safety(tls=False)
    assert policy(safety)["connect-src"] == "'self'"
    conf = workspace.current().dir / "conf"
    conf.mkdir(exist_ok=True)
    settings = conf / "settings.toml"
    settings.write_text('[map]\ntianditu_key = "k"\n', encoding="utf-8")
    for part in ("connect-src", "img-src"):
        assert "https://t0.tianditu.gov.cn" in policy(safety)[part]
    assert policy(safety)["script-src"] == "'self'"
    settings.write_text("[map\n", encoding="utf-8")
    assert policy(safety)["connect-src"] == "'self'"
    settings.unlink()


def test_behind_a_certificate_browsers_remember_to_come_by_tls() -> None:
    assert "strict-transport-security" in dict(Safety(tls=True).headers())
    assert "strict-transport-security" not in dict(Safety(tls=False).headers())
