"""The keys that a properties file may have."""

from pydantic import BaseModel

from consumer.settings.kcl import KclSettings
from consumer.settings.names import PUBLISHER_PREFIX
from consumer.settings.publisher import PublisherSettings


def prefix_of(model: type[BaseModel]) -> str:
    """Return what stands before a model's own names in the properties file."""
    return PUBLISHER_PREFIX if model is PublisherSettings else ""


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the model's keys as the properties file has them, in the order of declaration."""
    return [prefix_of(model) + str(field.alias) for field in model.model_fields.values()]


def known_keys() -> list[str]:
    """Return every key that a properties file may have."""
    return keys_of(PublisherSettings) + keys_of(KclSettings)
