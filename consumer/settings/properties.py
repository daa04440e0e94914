"""Reading a Java properties file."""

from pathlib import Path

import javaproperties

from consumer.settings.configuration_error import ConfigurationError


def read_properties(path: Path) -> dict[str, str]:
    """Return the file's keys and values as Java would read them, in UTF-8.

    Raises:
        ConfigurationError: The file can't be read, or a line of it can't.
    """
    try:
        return dict(javaproperties.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError([f"{path}: can't be read: {reason}; name another file"]) from error
    except (UnicodeDecodeError, javaproperties.InvalidUEscapeError) as error:
        raise ConfigurationError([f"{path}: is not a UTF-8 properties file: {error}"]) from error
