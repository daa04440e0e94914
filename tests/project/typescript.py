"""Types for TypeScript, made from the schemas of messages."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.places import ROOT

TYPES = ROOT / "samples" / "subscriber" / "messages.d.ts"

_SCHEMAS = ROOT / "schemas"
_FILES = ("entry-1", "list-1", "cloudevents-1", "change-1", "attributes-1")
_HEAD = "// Written by scripts/docs from schemas/; edit those.\n"
_SIMPLE = {"string": "string", "integer": "number", "boolean": "boolean", "null": "null"}

Schema = Mapping[str, Any]


def types_file() -> str:
    """Return the file of types: one for each schema, and for each that it defines."""
    return "\n".join([_HEAD, *_types()])


def _types() -> Iterator[str]:
    for name in _FILES:
        schema = _read(f"{name}.json")
        yield _declared(schema["title"], schema)
        for title, definition in schema.get("$defs", {}).items():
            yield _declared(title, definition)


def _read(name: str) -> Any:  # noqa: ANN401 - a JSON document
    return json.loads((_SCHEMAS / name).read_text())


def _declared(title: str, schema: Schema) -> str:
    if "properties" not in schema or _is_choice(schema):
        return f"{_comment(schema)}export type {title} = {_type(schema)};\n"
    properties = schema["properties"].items()
    members = "".join(_member(name, each, schema) for name, each in properties)
    return f"{_comment(schema)}export interface {title} {{\n{members}}}\n"


def _is_choice(schema: Schema) -> bool:
    """Whether an object has one of its members only."""
    return schema.get("maxProperties") == 1


def _member(name: str, schema: Schema, parent: Schema) -> str:
    mark = "" if name in parent.get("required", ()) else "?"
    return f"{_comment(schema, '  ')}  {name}{mark}: {_type(schema)};\n"


def _comment(schema: Schema, indent: str = "") -> str:
    description = schema.get("description")
    return f"{indent}/** {description} */\n" if description else ""


def _type(schema: Schema) -> str:
    """A schema as a type; KeyError where it says something that no message needs."""
    match schema:
        case {"$ref": str(place)}:
            return _referred(place)
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(map(json.dumps, values))
        case {"anyOf": alternatives}:
            return " | ".join(map(_type, alternatives))
        case {"type": "object"}:
            return _object(schema)
    return _array_or_simple(schema)


def _object(schema: Schema) -> str:
    if _is_choice(schema):
        members = schema["properties"].items()
        return " | ".join(f"{{ {name}: {_type(each)} }}" for name, each in members)
    values = schema.get("additionalProperties")
    return f"{{ [name: string]: {_type(values) if values else 'unknown'} }}"


def _array_or_simple(schema: Schema) -> str:
    if schema["type"] == "array":
        return f"{_type(schema['items'])}[]"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(_SIMPLE[each] for each in types)


def _referred(place: str) -> str:
    file, _, definition = place.partition("#/$defs/")
    return definition or str(_read(file)["title"])
