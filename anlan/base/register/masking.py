"""How a personal value looks to somebody who may not read it."""


def mask(text: str | None) -> str | None:
    """Hide the middle of a value; what remains lets two people agree whom they mean.

    >>> mask("13800001234"), mask("王小明"), mask("李四"), mask(None)
    ('138****1234', '王**', '李*', None)
    >>> mask("演示村 3 号"), mask("62341234")
    ('演示*** 号', '62****34')
    """
    if not text:
        return text
    if len(text) >= 15:  # identity numbers
        return f"{text[:4]}{'*' * (len(text) - 6)}{text[-2:]}"
    if len(text) >= 7:
        head, tail = (3, 4) if len(text) >= 11 else (2, 2)  # of a short one less may be told
        return f"{text[:head]}{'*' * (len(text) - head - tail)}{text[-tail:]}"
    return text[0] + "*" * (len(text) - 1)
