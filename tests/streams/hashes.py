"""Which shard an item belongs to: a range of its key's hashes."""

import zlib
from dataclasses import dataclass
from itertools import pairwise

import orjson

from consumer.publishing.records import Image

_HASHES = 2**32


def key_hash(keys: Image) -> int:
    """Return a key's hash, the same in every process."""
    return zlib.crc32(orjson.dumps(keys, option=orjson.OPT_SORT_KEYS))


@dataclass(frozen=True, slots=True)
class HashRange:
    """Hashes from the lowest up to, not with, the end.

    Attributes:
        lowest: The first.
        end: The first that isn't in it any more.
    """

    lowest: int = 0
    end: int = _HASHES

    def __contains__(self, value: int) -> bool:
        return self.lowest <= value < self.end

    def parts(self, count: int) -> "list[HashRange]":
        """Return it cut into so many parts.

        Raises:
            ValueError: It has fewer hashes than that.
        """
        width = self.end - self.lowest
        if width < count:
            raise ValueError(f"{self} is too narrow for {count} parts; split another shard")
        edges = [self.lowest + width * index // count for index in range(count + 1)]
        return [HashRange(low, end) for low, end in pairwise(edges)]
