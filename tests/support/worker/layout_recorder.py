"""A stand-in for Blender's `UILayout`: it records what a panel draws, and refuses what Blender would refuse."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import bpy

_LAYOUTS = frozenset({"row", "column", "box", "split", "grid_flow", "column_flow", "menu_pie"})
_FUNCTIONS = {function.identifier: function for function in bpy.types.UILayout.bl_rna.functions}
_ATTRIBUTES = {attribute.identifier for attribute in bpy.types.UILayout.bl_rna.properties if not attribute.is_readonly}


@dataclass
class Drawn:
    """One call of a layout, with its arguments by name and the state it was drawn in."""

    what: str
    arguments: dict[str, Any]
    enabled: bool
    alert: bool
    settings: dict[str, Any] = field(default_factory=dict)
    """What was set on the properties that an operator gave back."""

    @property
    def text(self) -> str:
        """What a user reads there: the given text, or the name of the property or operator."""
        given = self.arguments.get("text")
        if given is not None:
            return str(given)
        if self.what == "prop" and not self.arguments["property"].startswith("["):
            return str(self.arguments["data"].bl_rna.properties[self.arguments["property"]].name)
        if self.what == "operator":
            return str(operator_type(self.arguments["operator"]).name)
        return ""


class Recorder:
    """A layout that remembers; what lies in it remembers into the same list.

    Every call is held against Blender's own description of it: names of functions, arguments, icons, properties and
    operators have to exist in this Blender.
    """

    def __init__(self, drawn: list[Drawn] | None = None, above: "Recorder | None" = None) -> None:
        object.__setattr__(self, "drawn", [] if drawn is None else drawn)
        object.__setattr__(self, "above", above)
        object.__setattr__(self, "looks", {})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _ATTRIBUTES:
            raise AttributeError(f"a layout has no '{name}' to set")
        self.looks[name] = value

    def __getattr__(self, name: str) -> Any:
        if name in self.looks:
            return self.looks[name]
        if name not in _FUNCTIONS:
            raise AttributeError(f"a layout has no '{name}'")
        return lambda *values, **named: self._call(name, values, named)

    def __iter__(self) -> Iterator[Drawn]:
        return iter(self.drawn)

    def _is(self, look: str, normally: bool, together: Any) -> bool:
        mine = self.looks.get(look, normally)
        return bool(mine) if self.above is None else together([mine, self.above._is(look, normally, together)])

    def _call(self, name: str, values: tuple[Any, ...], named: dict[str, Any]) -> Any:
        parameters = [p for p in _FUNCTIONS[name].parameters if not p.is_output]
        arguments = dict(zip([p.identifier for p in parameters], values, strict=False)) | named
        known = {p.identifier: p for p in parameters}
        if unknown := arguments.keys() - known.keys():
            raise TypeError(f"{name} has no argument {sorted(unknown)}")
        if lacking := [p.identifier for p in parameters if p.is_required and p.identifier not in arguments]:
            raise TypeError(f"{name} lacks {lacking}")
        for key, value in arguments.items():
            _check(name, known[key], value)
        if "data" in arguments and name.startswith("prop"):
            _check_property(arguments["data"], arguments["property"])
        if name == "template_list":
            _check_property(arguments["dataptr"], arguments["propname"])
            _check_property(arguments["active_dataptr"], arguments["active_propname"])
            if not hasattr(bpy.types, arguments["listtype_name"]):
                raise TypeError(f"there is no list {arguments['listtype_name']}")
        call = Drawn(name, arguments, enabled=self._is("enabled", True, all), alert=self._is("alert", False, any))
        self.drawn.append(call)
        if name in _LAYOUTS:
            return Recorder(self.drawn, self)
        if name == "operator":
            return Settings(operator_type(arguments["operator"]), call.settings)
        return None


class Settings:
    """The properties of an operator that a button sets."""

    def __init__(self, operator: Any, values: dict[str, Any]) -> None:
        object.__setattr__(self, "_operator", operator)
        object.__setattr__(self, "_values", values)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._operator.properties:
            raise AttributeError(f"{self._operator.identifier} has no '{name}'")
        self._values[name] = value


def operator_type(name: str) -> Any:
    """Return what Blender knows of an operator; KeyError if it is not registered."""
    group, _, verb = name.partition(".")
    try:
        return getattr(getattr(bpy.ops, group), verb).get_rna_type()
    except (AttributeError, KeyError):
        raise KeyError(f"there is no operator {name}") from None


def _check(function: str, parameter: Any, value: Any) -> None:
    if parameter.type == "STRING" and not isinstance(value, str | None):
        raise TypeError(f"{function}: {parameter.identifier} is {value!r}, no text")
    if parameter.type in {"INT", "FLOAT"} and not isinstance(value, int | float):
        raise TypeError(f"{function}: {parameter.identifier} is {value!r}, no number")
    if parameter.type == "ENUM" and value not in parameter.enum_items:
        raise TypeError(f"{function}: there is no {parameter.identifier} {value!r}")


def _check_property(data: Any, name: str) -> None:
    if name.startswith('["'):  # a custom property
        if name[2:-2] not in data.keys():  # noqa: SIM118  # Blender's data-blocks are no mappings
            raise TypeError(f"{data!r} has no custom property {name}")
    elif name not in data.bl_rna.properties:
        raise TypeError(f"{data!r} has no property '{name}'")
