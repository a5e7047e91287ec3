"""What the door says, in both languages."""

import ast
import re
from pathlib import Path

import pytest

from anlan.base.door import asking
from anlan.base.door.phrases import GAP, said
from anlan.base.door.validation import OTHERWISE, SENTENCES, sentences
from anlan.base.language import catalogue

HERE = Path(__file__).resolve().parents[2]
RAISED = {
    "Invalid", "Forbidden", "Missing", "Conflict", "Unavailable", "Unauthenticated",
    "TotpRequired", "Locked", "said", "answer",
}  # fmt: skip


def test_a_sentence_with_figures_is_said_in_english() -> None:
    chinese = "登录失败次数过多，已锁定，请 14 分钟后再试，或请安全管理员解锁。"
    assert said(chinese, "en").startswith("Too many failures: locked. Try again in 14 minutes")
    assert said(chinese, "zh") == chinese
    assert said("没人翻译过的话", "en") == "没人翻译过的话"


def test_reasons_told_one_after_the_other_are_each_said_in_english() -> None:
    lock = "登录失败次数过多，已锁定，请 14 分钟后再试，或请安全管理员解锁。"
    told = said(f"{lock}；{lock}", "en")
    assert told.count("Too many failures") == 2
    assert re.search("[一-鿿]", told) is None


def test_a_reason_within_a_sentence_is_said_in_english_too() -> None:
    why = "雨量预报文件 a.nc 不能用：各时段要一个接一个，中间不能缺"
    told = "Rain forecast a.nc cannot be used: Steps follow one another without a gap"
    assert said(why, "en") == told
    assert said("预报没有算成：沿海潮位。没有输入「潮位」，不能计算", "en").startswith(
        "A forecast failed: Sea level at the coast. "
    )


def test_every_gap_of_a_translation_is_a_gap_of_the_sentence() -> None:
    for chinese, english in catalogue().items():
        assert set(GAP.findall(english)) <= set(GAP.findall(chinese)), chinese


def spoken(path: Path) -> list[str]:
    """List the sentences a module raises, with `{}` where something is filled in."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                found += texts(part)
    return found


def texts(node: ast.AST) -> list[str]:
    """List the Chinese texts below a node, f-strings with their gaps."""
    if isinstance(node, ast.JoinedStr):
        whole = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
        return [whole] if re.search("[一-鿿]", whole) else []
    if isinstance(node, ast.Constant):
        text = node.value
        return [text] if isinstance(text, str) and re.search("[一-鿿]", text) else []
    return [text for child in ast.iter_child_nodes(node) for text in texts(child)]


@pytest.mark.parametrize("package", ["permissions", "door"])
def test_everything_refused_here_is_refused_in_english_too(package: str) -> None:
    known = {GAP.sub("{}", chinese) for chinese in catalogue()}
    startup = ("rights.py", "test_", "journal.py", "regions.py", "timeline.py", "stuck.py")
    missing = [
        (path.name, text)
        for path in sorted((HERE / package).rglob("*.py"))
        if "tests" not in path.parts and not path.name.startswith(startup)
        for text in spoken(path)
        if text not in known and not text.startswith("{}")
    ]
    hinted = [
        (name, text) for name, text in missing if not text.endswith("{}。")
    ]  # the login's own hint is put together and tested whole below
    assert hinted == []


def test_the_schema_check_speaks_both_languages() -> None:
    for sentence in (*SENTENCES.values(), OTHERWISE):
        assert sentence in catalogue(), sentence
    findings: list[dict[str, object]] = [
        {"type": "less_than_equal", "loc": ("query", "page"), "ctx": {"le": 9}},
        {"type": "missing", "loc": ("body", "given", "name")},
        {"type": "something_new", "loc": ("body", "given")},
    ]
    assert sentences(findings, "en") == {
        "page": ["Must not be more than 9"],
        "name": ["Needed"],
        "given": ["The form is wrong"],
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr;q=0.9, en;q=0.2", "en"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_asker_is_answered_in_their_language(header: str, language: str) -> None:
    assert asking.language_of(header) == language


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_known_in_every_form(address: str, own: bool) -> None:
    assert asking.is_loopback(address) is own
