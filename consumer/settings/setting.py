"""How a setting is declared: as a field of a dataclass, with a `Setting` beside its type.

This module imports little: a record processor has settings, and never checks them.
"""

from dataclasses import dataclass

from consumer.settings.forms import Form


@dataclass(frozen=True, slots=True)
class Setting:
    """What a field's name, type and default don't say of a setting.

    Attributes:
        description: What it does, why its default is what it is, and when to change it.
        least: The least number; None without one.
        above: The number that it must be greater than; None without one.
        most: The greatest number; None without one.
        form: How its text must be written; None for any text.
        key: Its key, where that isn't the field's name in camel case.
        for_daemon: Whether the daemon reads it.
        is_secret: Whether no message may show its value.
    """

    description: str
    least: int | None = None
    above: int | None = None
    most: int | None = None
    form: Form | None = None
    key: str | None = None
    for_daemon: bool = False
    is_secret: bool = False
