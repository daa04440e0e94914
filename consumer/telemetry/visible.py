"""Text from outside, made safe for a terminal."""

import unicodedata

_KEPT = frozenset("\n\t")


def visible(text: str) -> str:
    r"""Return a text whose control characters are written as escapes, such as `\x1b`.

    A terminal obeys them: a text could set its title and its clipboard, overwrite lines or reverse
    their direction. Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(each if _is_harmless(each) else _escape(each) for each in text)


def _is_harmless(char: str) -> bool:
    return char.isprintable() or char in _KEPT or unicodedata.category(char) == "Zs"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()
