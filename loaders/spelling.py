"""How names are compared: of columns, tables, sheets, returns and authorities. One way, for every kind of file."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, spaces, line breaks or punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def words(name: str) -> list[str]:
    """The words of a name, a number being a word: `List_10: Adoption` and `list10 adoption` have the same three."""
    return re.findall(r"[a-z]+|[0-9]+", name.lower())
