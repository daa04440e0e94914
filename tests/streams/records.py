"""A change as it stands in the stream: encoded once, when it is made."""

from dataclasses import dataclass

import orjson

from consumer.publishing.records import EventName, Image
from tests.streams.sizes import item_size

VIEW = "NEW_AND_OLD_IMAGES"
_TTL = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an item.

    Attributes:
        event_name: INSERT, MODIFY or REMOVE.
        keys: The item's key in DynamoDB JSON, as are the images; binary values as base64.
        new_image: The item afterwards, None when it is gone.
        old_image: The item before, None when there was none.
        is_by_ttl: Whether DynamoDB's time to live made it.
    """

    event_name: EventName
    keys: Image
    new_image: Image | None
    old_image: Image | None
    is_by_ttl: bool = False

    @property
    def size(self) -> int:
        """The bytes of keys and images."""
        return sum(item_size(image or {}) for image in (self.keys, self.new_image, self.old_image))


@dataclass(frozen=True, slots=True)
class Record:
    """A change in its shard.

    Attributes:
        number: Its sequence number.
        size: The bytes of its keys and images.
        made: When it was made, in seconds since 1970.
        encoded: Its JSON.
    """

    number: int
    size: int
    made: int
    encoded: bytes


def encode(change: Change, number: int, region: str, seconds: int) -> Record:
    """Return the record of a change that was made so many seconds after 1970."""
    size = change.size
    # A shard's record has no key for an image that is absent.
    images = {"NewImage": change.new_image, "OldImage": change.old_image}
    record = {
        "eventID": f"{number:032x}",
        "eventName": change.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": {
            "ApproximateCreationDateTime": seconds,
            "Keys": change.keys,
            **{name: image for name, image in images.items() if image is not None},
            "SequenceNumber": str(number),
            "SizeBytes": size,
            "StreamViewType": VIEW,
        },
        **({"userIdentity": _TTL} if change.is_by_ttl else {}),
    }
    return Record(number, size, seconds, orjson.dumps(record))
