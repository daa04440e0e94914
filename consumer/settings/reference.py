"""Every setting as a reader wants it: for the properties files, the documents and the command."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from consumer.settings.kcl import KclSettings
from consumer.settings.names import environment_name
from consumer.settings.publisher import PublisherSettings
from consumer.settings.resolve import keys_of

_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        key: Its key in the properties file.
        variable: The environment variable that overrides it.
        default: Its default as the file would have it; None where there is none.
        required: Whether nothing runs without it.
        description: What it does, why its default is what it is, and when to change it.
    """

    key: str
    variable: str
    default: str | None
    required: bool
    description: str

    def to_json(self) -> dict[str, object]:
        """The setting as a JSON object."""
        return asdict(self)


def all_settings() -> list[Setting]:
    """Return the publisher's own settings, then the daemon's."""
    return [*settings_of(PublisherSettings), *settings_of(KclSettings)]


def settings_of(model: type[BaseModel]) -> Iterator[Setting]:
    """Yield a model's settings in the order of declaration."""
    for key, field in zip(keys_of(model), model.model_fields.values(), strict=True):
        yield Setting(
            key=key,
            variable=environment_name(key),
            default=_default(field),
            required=field.is_required(),
            description=str(field.description),
        )


def _default(field: FieldInfo) -> str | None:
    if field.is_required() or field.default is None:
        return None
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def as_properties(settings: Sequence[Setting]) -> str:
    """Write settings as a properties file in which everything is commented out."""
    return "\n".join([_HEAD, *(_paragraph(setting) for setting in settings)])


_HEAD = """\
# Settings of `stream-publisher run --properties FILE`, written by
# `stream-publisher settings --properties`.
#
# Each key stands here with its default, commented out: take the # away to change it. A key without
# a value has no default; one of KCL's then keeps KCL's own. ${NAME} and ${NAME:-default} in a value
# are taken from the environment. Each key can also be set, or overridden, by a variable: write
# PUBLISHER_TOPIC_ARN for publisher.topicArn, and KCL_WORKER_ID for KCL's own workerId.
"""


def _paragraph(setting: Setting) -> str:
    need = "Required. " if setting.required else ""
    lines = textwrap.wrap(need + setting.description, _WIDTH)
    comment = "".join(f"# {line}\n" for line in lines)
    return f"{comment}#{setting.key} = {setting.default or ''}".rstrip() + "\n"
