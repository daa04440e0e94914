"""Numbers of things, as a sentence has them."""


def counted(number: int, thing: str) -> str:
    """Return "1 shard", "2 shards", "1,000 shards".

    Args:
        number: How many.
        thing: The word for one of them, which takes an s for more.
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
