"""Errors as DynamoDB Streams sends them."""

import orjson

from consumer.sandbox.proxy import Response

_SERVICE = "com.amazonaws.dynamodb.v20120810#"
_VALIDATION = "com.amazon.coral.validate#ValidationException"


class StreamError(Exception):
    """A request that is refused.

    Attributes:
        kind: The error's type as it stands on the wire.
        status: The HTTP status.
    """

    def __init__(self, kind: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.kind, self.status = kind, status

    @property
    def code(self) -> str:
        """The type's short name, as SDKs show it."""
        return self.kind.rpartition("#")[2]

    def to_answer(self) -> Response:
        """The answer that carries it."""
        return Response(self.status, orjson.dumps({"__type": self.kind, "message": str(self)}))


def service_error(code: str, message: str, status: int = 400) -> StreamError:
    """An error of the service itself, by its short name."""
    return StreamError(_SERVICE + code, message, status)


def invalid(message: str) -> StreamError:
    """A field of the request that can't be."""
    return StreamError(_VALIDATION, message)


def not_found(message: str) -> StreamError:
    """No such stream or shard."""
    return service_error("ResourceNotFoundException", message)


def expired_iterator() -> StreamError:
    """An iterator that is too old."""
    return service_error("ExpiredIteratorException", "The shard iterator has expired")


def trimmed() -> StreamError:
    """A position whose records have expired."""
    return service_error(
        "TrimmedDataAccessException", "The stream no longer has the record at this position"
    )
