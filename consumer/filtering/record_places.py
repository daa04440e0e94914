"""What a record has where: a pattern that names anything else would match nothing."""

from collections.abc import Mapping
from enum import Enum, auto


class Place(Enum):
    """A kind of place in a record."""

    RECORD = auto()
    IDENTITY = auto()
    CHANGE = auto()
    IMAGE = auto()
    ATTRIBUTE = auto()
    VALUE = auto()


_MEMBERS: Mapping[Place, Mapping[str, Place]] = {
    Place.RECORD: {
        "awsRegion": Place.VALUE,
        "dynamodb": Place.CHANGE,
        "eventID": Place.VALUE,
        "eventName": Place.VALUE,
        "eventSource": Place.VALUE,
        "eventVersion": Place.VALUE,
        "userIdentity": Place.IDENTITY,
    },
    Place.IDENTITY: {"principalId": Place.VALUE, "type": Place.VALUE},
    Place.CHANGE: {
        "ApproximateCreationDateTime": Place.VALUE,
        "Keys": Place.IMAGE,
        "NewImage": Place.IMAGE,
        "OldImage": Place.IMAGE,
        "SequenceNumber": Place.VALUE,
        "SizeBytes": Place.VALUE,
        "StreamViewType": Place.VALUE,
    },
    Place.ATTRIBUTE: {
        **dict.fromkeys(("S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL"), Place.VALUE),
        "M": Place.IMAGE,
        "L": Place.ATTRIBUTE,  # a list's members count one by one
    },
}


def place_below(place: Place, name: str) -> Place:
    """Return what stands under a name.

    Raises:
        ValueError: Nothing does; the text says what is known there.
    """
    if place is Place.IMAGE:
        return Place.ATTRIBUTE
    known = _MEMBERS.get(place, {})
    if name not in known:
        raise ValueError(f"is not known; known there: {known_names(place)}")
    return known[name]


def known_names(place: Place) -> str:
    """Return the names of a place's members, in words."""
    if place is Place.IMAGE:
        return "the names of attributes"
    return ", ".join(_MEMBERS.get(place, {}))
