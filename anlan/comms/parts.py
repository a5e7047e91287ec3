"""Into how many short messages a text is cut."""

#: Characters of one message, and of each part of a longer one: UCS-2 and the 7-bit alphabet.
UCS2, UCS2_PART, GSM, GSM_PART = 70, 67, 160, 153
#: The 7-bit alphabet of GSM 03.38, extension characters counted twice.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def parts_of(text: str) -> int:
    """Count the short messages of a text, as providers charge them.

    Source: 3GPP TS 23.038 (alphabets), TS 23.040 9.2.3.24 (the six bytes of a part's header).

    >>> parts_of("收到"), parts_of("预" * 70), parts_of("预" * 71), parts_of("a" * 161)
    (1, 1, 2, 2)
    """
    if all(char in _BASIC or char in _EXTENDED for char in text):
        length = len(text) + sum(char in _EXTENDED for char in text)
        whole, part = GSM, GSM_PART
    else:
        length = len(text.encode("utf-16-be")) // 2
        whole, part = UCS2, UCS2_PART
    return 1 if length <= whole else -(-length // part)
