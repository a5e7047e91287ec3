"""First letters of place names, in pinyin.

Character by character from pypinyin's first reading, kept in memory, because a national list has
six million characters and only some ten thousand different ones. Where a place is read otherwise
than the word list's first reading, the tables below say so (民政部 place-name readings); a guess by
phrases does worse (漯河 becomes "th", 马尾 "my").
"""

import re
from functools import cache

#: Characters that place names read otherwise than the word list's first reading.
CHARACTERS = {
    "长": "c", "重": "c", "厦": "x", "藏": "z", "坻": "d", "蔚": "y", "茄": "q", "枞": "z",
    "陂": "p", "犍": "q", "单": "s", "涡": "g", "泌": "b",
}  # fmt: skip

#: Names whose reading is their own.
WORDS = {
    "乐清": "yq", "大埔": "db", "东阿": "de", "铅山": "ys", "洪洞": "ht", "繁峙": "fs",
    "尉犁": "yl", "番禺": "py", "莘庄": "xz",
}  # fmt: skip

_WORD = re.compile("|".join(WORDS))


@cache
def _letter(character: str) -> str:
    if character in CHARACTERS:
        return CHARACTERS[character]
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    from pypinyin import Style, lazy_pinyin

    read = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return read[0].lower() if read else ""


def initials(name: str) -> str:
    """Give the first letters of a name's pinyin, in small letters; signs are left out.

    >>> initials("云屿县"), initials("乐清市"), initials("A区1号网格")
    ('yyx', 'yqs', 'aq1hwg')
    """
    if _WORD.search(name):
        name = _WORD.sub(lambda found: WORDS[found.group()], name)
    return "".join(map(_letter, name))
