"""How a personal value looks to somebody who may not read it."""


def mask(text: str | None) -> str | None:
    """Hide the middle of a value; what remains lets two people agree whom they mean.

    >>> mask("13800001234"), mask("王小明"), mask("李四"), mask(None)
    ('138****1234', '王**', '李*', None)
    """
    if not text:
        return text
    if len(text) >= 15:  # identity numbers
        return f"{text[:4]}{'*' * (len(text) - 6)}{text[-2:]}"
    if len(text) >= 7:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    return text[0] + "*" * (len(text) - 1)
