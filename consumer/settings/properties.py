"""Reading a Java properties file, with `${NAME:-default}` taken from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path

import javaproperties

from consumer.settings.errors import ConfigurationError

_REST = re.compile(r"\$\{")
_PLACEHOLDER = re.compile(
    r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>(?:(?!\$\{)[^}])*))?\}"
)


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


def fill_placeholders(
    properties: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Replace `${NAME}` and `${NAME:-default}` in every value.

    A variable that is set to nothing counts as not set, as in a shell.

    Returns:
        The filled properties, and a line for each variable that is neither set nor has a default.
    """
    mistakes: list[str] = []

    def fill(key: str, value: str) -> str:
        def replacement(match: re.Match[str]) -> str:
            name, default = match["name"], match["default"]
            if not environ.get(name) and default is None:
                mistakes.append(
                    f"{key}: names ${{{name}}}, which is not set; set {name} or write "
                    f"${{{name}:-default}}"
                )
            return environ.get(name) or default or ""

        if _REST.search(_PLACEHOLDER.sub("", value)):
            mistakes.append(
                f"{key}: has a ${{ that is no ${{NAME}} or ${{NAME:-default}}; correct it"
            )
        return _PLACEHOLDER.sub(replacement, value)

    return {key: fill(key, value) for key, value in properties.items()}, mistakes
