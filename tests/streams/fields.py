"""The fields of a request, read with DynamoDB's complaints about those that can't be."""

from typing import Any

import orjson

from tests.streams.errors import invalid, service_error


class Fields:
    """A request's fields.

    Args:
        body: The request's JSON.

    Raises:
        StreamError: It is no JSON object.
    """

    def __init__(self, body: bytes) -> None:
        try:
            self._values: dict[str, Any] = dict(orjson.loads(body))
        except (ValueError, TypeError) as error:
            raise service_error("SerializationException", "The body is no JSON object") from error

    def text(self, name: str) -> str | None:
        """A text, None where it is absent or empty."""
        return str(self._values.get(name) or "") or None

    def required(self, name: str) -> str:
        """A text that must be there.

        Raises:
            StreamError: It isn't.
        """
        value = self.text(name)
        if value is None:
            raise invalid(f"Invalid {name}: it is required")
        return value

    def limit(self, most: int) -> int:
        """The field Limit; the most where it is absent.

        Raises:
            StreamError: It is less than 1 or more than the most.
        """
        limit = self._values.get("Limit")
        if limit is None:
            return most
        if not isinstance(limit, int) or not 1 <= limit <= most:
            raise invalid(f"Invalid Limit: {limit!r} is not between 1 and {most}")
        return limit

    def sequence_number(self) -> int:
        """The field SequenceNumber.

        Raises:
            StreamError: It is absent, or no sequence number.
        """
        number = self.required("SequenceNumber")
        if not number.isdecimal() or not 21 <= len(number) <= 40:
            raise invalid(f"Invalid SequenceNumber: {number!r} is not 21 to 40 digits")
        return int(number)

    def parent_of_children(self) -> str | None:
        """The shard in a ShardFilter; None without a filter.

        Raises:
            StreamError: The filter is of another type than CHILD_SHARDS.
        """
        given = self._values.get("ShardFilter")
        if not given:
            return None
        if given.get("Type") != "CHILD_SHARDS" or not given.get("ShardId"):
            raise invalid("Invalid ShardFilter: it needs the Type CHILD_SHARDS and a ShardId")
        return str(given["ShardId"])
