"""Editing JSON as text: it means what it should, and what is not touched keeps its bytes."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from usd_export.gltf.json_text import JsonText

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LAYOUTS = st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False, "indent": "\t"}])


@given(
    old=st.lists(VALUES, max_size=4),
    new=st.lists(VALUES, max_size=3),
    others=st.dictionaries(st.sampled_from(["nodes", "asset", 'é"\\']), VALUES, max_size=3),
    keep=st.integers(0, 4),
    layout=LAYOUTS,
)
def test_an_array_grows_and_everything_else_stays(
    old: list[Any], new: list[Any], others: dict[str, Any], keep: int, layout: dict[str, Any]
) -> None:
    content = {"asset2": {"version": "2.0"}, "meshes": old, **others}
    source = json.dumps(content, **layout)
    text = JsonText(source)
    text.append(("meshes",), new, keep=min(keep, len(old)))
    text.append(("skins",), new)
    text.put(("asset2", "version"), "3.0")
    text.put(("asset2", "made"), "here")
    assert json.loads(str(text)) == {
        **content,
        "asset2": {"version": "3.0", "made": "here"},
        "meshes": old[:keep] + new,
        "skins": new,
    }
    for name, value in others.items():
        shown = json.dumps({name: value}, **layout)[1:-1].strip()
        assert shown in str(text)


def test_numbers_keep_their_spelling() -> None:
    text = JsonText('{"a": [1.0, 1e-7, 0.10000000149011612], "b":-0.0 }')
    text.append(("a",), [2])
    assert str(text) == '{"a": [1.0, 1e-7, 0.10000000149011612,2], "b":-0.0 }'


def test_a_name_that_stands_twice_is_the_last_one() -> None:
    text = JsonText('{"a": [1], "a": [2]}')
    text.append(("a",), [3])
    assert json.loads(str(text)) == {"a": [2, 3]}
