"""Replies as people in villages write them, and what they are taken for."""

import pytest

from anlan import codes
from anlan.warn.hearing import ANSWERS, BLOCKING, DIGITS, LONGEST, UNDONE, hear

RECEIVED = """
好的收到|收到|收到！|已收到|收到了|收到收到|收到马上去|收到，马上落实|好的|好的，知道了|好滴|好嘞|好|行|嗯|嗯嗯|OK|ok👌
|明白|知道了|晓得了|了解|已知晓|收悉|已阅|遵命|没问题|收到没问题|好的领导，马上落实|在路上|马上到岗|十分钟到|这就去
|正在赶过去|收到，几点集合？|收到。请问转移多少人？|收到，还没到岗|没到岗，马上去|1|１|①|1。|回复1|一|1收到|收道|手到
|受到|己收到|以收到|shoudao|Received|Roger|收到，谢谢领导，请放心|好的，我村马上通知到人|是|在
"""
ON_POST = """
已到岗|到岗|到岗了|已经到岗|到岗到位|在岗|我在岗|人已到位|到村部了|我已到村部，在值班|收到，已到岗|2|２|回2|二|已到刚|到港
|在港|正在组织转移|到了|我到了|在现场|已到岗，请领导放心|一切正常，在岗
"""
ACTED = """
人都转移完了|已转移|已全部转移|转移完毕|12户35人已转移安置|危险区人员全部撤离|都撤了|已通知到户|全部通知到位|巡查完毕，无异常
|不用支援，人都转移完了|我村2户5人都转移了，已安置在村小学|1、已转移12户；2、在岗3人|转一完了
"""
HELP = """
需支援|需要支援|要支援 路断了|请求支援|请派人来|快来人，水进屋了|救命|路断了|收到，路断了过不去
|有人被困|3|３|三|人手不够|塌方了，三个人被困|已到岗，需要增援|支元
"""
#: Nobody but a person may say what these mean.
DOUBTFUL = {
    "lost": "没收到|未收到|没有收到|还没收到|收不到|不知道|看不懂|什么意思",
    "busy": "还没到岗|没到岗|未到岗|不在岗|没有到岗|还没到位|我还在家",
    "idle": "还没转移|没转移完|人没有全部转移|村民不肯转移|还没转移完，要等一等",
    "away": "我在外地|在外地出差，去不了|收到，我在外地|住院了|我不在村里|到不了岗"
    "|我已经退休了|换人了，找别人",
    "wrong": "打错了|发错了吧|不是我|你谁啊|我不认识你们",
    "refuse": "我不去|没空|别烦我",
    "stop": "退订|TD|T|拒收",
    "auto": "自动回复：我正在开车|正在开会，稍后联系",
    "question": "收到吗|收到没有？|收到没|到岗没|人都转移了吗|几点？|？？",
    "need-help": "需要我做什么|村里停电了|到岗了，急需柴油",
    "fine": "不需要支援|没有人受伤|我们村一切正常",
    "": "|12|哈哈|谢谢|123456|。。。|水到了门口|现在几点|下雨了|村长家的牛丢了",
}


def _lines(text: str) -> list[str]:
    return [one for one in text.replace("\n", "").split("|") if one]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (text, reply)
        for reply, texts in (
            ("received", RECEIVED), ("on-post", ON_POST), ("acted", ACTED), ("need-help", HELP)
        )
        for text in _lines(texts)
    ],
)  # fmt: skip
def test_plain_words_are_an_answer(text: str, reply: str) -> None:
    heard = hear(text)
    assert (heard.reply, heard.sure) == (reply, True), heard


@pytest.mark.parametrize(
    ("text", "meaning"),
    [(text, meaning) for meaning, texts in DOUBTFUL.items() for text in texts.split("|")],
)
def test_doubtful_words_wait_for_a_person(text: str, meaning: str) -> None:
    heard = hear(text)
    assert (heard.meaning, heard.sure) == (meaning, False), heard


def test_a_forwarded_notice_is_no_answer_though_it_asks_for_one() -> None:
    notice = (
        "云屿县气象台7月3日21时发布暴雨红色预警信号：预计未来三小时我县大部地区降雨量将达一百毫米以上，"
        "请做好防范，请各村回复收到"
    )
    assert not hear(notice).sure
    assert not hear("收到" + "雨" * LONGEST).sure


def test_a_word_that_stands_alone_counts_only_alone() -> None:
    assert hear("在").sure
    assert not hear("现在雨大").sure
    assert not hear("行李忘了").sure


def test_every_row_of_the_table_has_a_meaning_the_reader_knows() -> None:
    known = {*ANSWERS, *BLOCKING, *UNDONE, "fine", "negator", "asker", "adverb", "filler", "typo"}
    table = codes.table("reply-words")
    assert {row.text("meaning") for row in table} - {"digit"} <= known
    assert {row.code for row in table if row.text("meaning") == "digit"} == set(DIGITS)
    assert all("=" in word for row in table for word in row.several("words")
               if row.text("meaning") == "typo")  # fmt: skip
