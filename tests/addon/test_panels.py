"""The extension's panels, each drawn in each state that a user meets, by a layout as strict as Blender's."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audio2blend import blender
from tests.support.addon_modules import module
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender

ROOT = Path(__file__).resolve().parents[2]
STATES = (
    "nothing",
    "nobody",
    "silent",
    "gone",
    "bare",
    "ready",
    "running",
    "take",
    "two takes",
    "short scene",
    "corrected",
    "blocked",
)
OPEN = ["Speech", "Character", "Animate", "Refine"]


@pytest.fixture(scope="module")
def drawn(inside: blender.Child, hello: Path) -> Any:
    """What the panels draw in a state, by label; the two editors show the same."""

    @cache
    def draw(state: str) -> dict[str, list[dict[str, Any]]]:
        rig = patch(shapes=()) if state == "bare" else patch()
        found = inside.call("tests.addon.worker.panels:drawn", {"state": state, "rig": rig, "sound": hello})
        assert found["VIEW_3D"] == found["SEQUENCE_EDITOR"]
        return dict(found["VIEW_3D"])

    return draw


def button(panel: list[dict[str, Any]], operator: str) -> dict[str, Any]:
    """Return the button of an operator; there has to be one."""
    (found,) = [seen for seen in panel if seen.get("operator") == operator]
    return found


def told(panel: list[dict[str, Any]], *, alert: bool = False) -> str:
    """Return the sentences of a panel, or those that warn."""
    return " ".join(seen["text"] for seen in panel if seen["what"] == "label" and seen["alert"] >= alert)


@pytest.mark.parametrize("state", STATES)
def test_a_button_that_is_off_says_why(drawn: Any, state: str) -> None:
    for label, panel in drawn(state).items():
        for operator in ("animate", "export", "preview", "batch", "rerun", "play"):
            for seen in panel:
                if seen.get("operator") == f"audio2blend.{operator}" and not (seen["possible"] and seen["enabled"]):
                    assert len(told(panel)) > 10, (label, operator)


def test_the_first_thing_to_do_is_to_choose_a_sound(drawn: Any) -> None:
    panels = drawn("nothing")
    assert button(panels["Speech"], "audio2blend.sound_open")["possible"]
    assert not button(panels["Speech"], "audio2blend.sound_from_strips")["possible"]
    assert "Choose a sound first" in told(panels["Animate"])
    assert "Motion" not in panels
    assert "Refine" not in panels


def test_a_character_without_shapes_is_offered_some(drawn: Any) -> None:
    panel = drawn("bare")["Character"]
    assert "has no shape keys" in told(panel, alert=True)
    assert button(panel, "audio2blend.make_shapes")["possible"]


def test_a_sound_that_is_gone_is_told(drawn: Any) -> None:
    assert "not there" in told(drawn("gone")["Speech"], alert=True)
    assert not button(drawn("gone")["Animate"], "audio2blend.animate")["enabled"]


def test_with_sound_and_character_all_is_ready(drawn: Any) -> None:
    panels = drawn("ready")
    assert "52 of 52 ARKit shapes" in told(panels["Character"])
    animate = button(panels["Animate"], "audio2blend.animate")
    assert animate["possible"]
    assert animate["enabled"]
    assert "hello" in told(panels["Animate"])
    assert [seen["property"] for seen in panels["Motion"] if seen["what"] == "prop"] == [
        "strength", "jaw", "lips", "smooth_ms", "lead_ms", "emotion", "emotion_amount", "mouth_only", "performance",
        "blinks", "gaze", "head", "brows", "seed",
    ]  # fmt: skip


def test_what_runs_shows_how_far_it_is_and_can_be_stopped(drawn: Any) -> None:
    for label in ("Animate", "Export", "Render"):
        panel = drawn("running")[label]
        assert [seen for seen in panel if seen["what"] == "progress"]
        assert button(panel, "audio2blend.cancel")["possible"]
    assert not [seen for seen in drawn("running")["Animate"] if seen.get("operator") == "audio2blend.animate"]


def test_a_take_is_listed_with_its_dials_and_phones(drawn: Any) -> None:
    panels = drawn("take")
    names = [seen for seen in panels["Refine"] if seen.get("property") == "name"]
    assert len(names) == 1
    assert button(panels["Refine"], "audio2blend.take_delete")["possible"]
    assert "4.7 s" in told(panels["Refine"])
    assert {"strength", "jaw", "lips"} <= {seen.get("property") for seen in panels["Motion of the Take"]}
    jumps = [seen["set"]["index"] for seen in panels["Phones"] if seen.get("operator") == "audio2blend.phone_jump"]
    assert jumps == list(range(len(jumps)))
    assert len(jumps) > 20
    assert not button(panels["Phones"], "audio2blend.rerun")["enabled"]
    assert "No phone was changed" in told(panels["Phones"])
    assert button(panels["Export"], "audio2blend.export")["possible"]


@pytest.mark.parametrize(
    ("seconds", "digits", "wanted"),
    [
        (0.0, 1, "0.0 s"),
        (4.725, 1, "4.7 s"),
        (59.96, 1, "1:00.0"),
        (608.76, 1, "10:08.8"),
        (608.764, 2, "10:08.76"),
        (3723.4, 1, "1:02:03.4"),
    ],
)
def test_times_are_told_in_minutes_and_hours(seconds: float, digits: int, wanted: str) -> None:
    assert module("panels/clock").clock(seconds, digits) == wanted


def test_a_scene_that_is_too_short_for_its_takes_can_be_fitted(drawn: Any) -> None:
    panel = drawn("short scene")["Animate"]
    assert "The scene has frames 1 to 50; its takes need 1 to 113" in told(panel)
    assert button(panel, "audio2blend.fit_scene")["possible"]
    assert not [seen for seen in drawn("take")["Animate"] if seen.get("operator") == "audio2blend.fit_scene"]


def test_two_takes_are_two_rows(drawn: Any) -> None:
    assert len([seen for seen in drawn("two takes")["Refine"] if seen.get("property") == "name"]) == 2


def test_a_corrected_phone_can_be_said_anew(drawn: Any) -> None:
    panel = drawn("corrected")["Phones"]
    assert button(panel, "audio2blend.rerun")["enabled"]
    assert button(panel, "audio2blend.phone_add")["possible"]


def test_a_face_that_does_not_move_is_told(drawn: Any) -> None:
    assert "jawOpen" in told(drawn("blocked")["Animate"], alert=True)


def test_an_action_that_holds_the_face_can_be_unlinked_and_kept(drawn: Any) -> None:
    assert button(drawn("held")["Animate"], "audio2blend.unlink")["possible"]
    assert not [seen for seen in drawn("blocked")["Animate"] if seen.get("operator") == "audio2blend.unlink"]


def test_a_take_that_parted_from_its_sound_is_told_with_both_ways_back(drawn: Any) -> None:
    panel = drawn("moved")["Refine"]
    assert "has its sound at frame 40" in told(panel, alert=True)
    assert button(panel, "audio2blend.follow")["possible"]
    assert button(panel, "audio2blend.move_sound")["possible"]
    assert not [seen for seen in drawn("take")["Refine"] if seen.get("operator") == "audio2blend.follow"]


def test_several_strips_are_animated_with_one_button(drawn: Any) -> None:
    seen = button(drawn("strips")["Animate"], "audio2blend.animate_all")
    assert (seen["text"], seen["possible"], seen["enabled"]) == ("Animate All (3 strips)", True, True)


def test_what_is_left_behind_is_named(drawn: Any) -> None:
    panel = drawn("left behind")["Character"]
    assert "but are not animated: Teeth" in told(panel, alert=True)
    assert button(panel, "audio2blend.take_along")["possible"]


def test_controls_have_sliders_and_ways_back(drawn: Any) -> None:
    assert button(drawn("take")["Controls"], "audio2blend.controls_connect")["possible"]
    panel = drawn("controls")["Controls"]
    assert len([seen for seen in panel if seen["what"] == "prop"]) == 6
    assert [seen["set"] for seen in panel if seen.get("operator") == "audio2blend.controls_remove"] == [
        {"keep": True}, {"keep": False},
    ]  # fmt: skip


def test_a_table_tells_of_its_bad_lines(drawn: Any) -> None:
    panel = drawn("table")["Batch"]
    assert [seen["text"] for seen in panel if seen["text"] == "hello.wav"] == ["hello.wav"] * 2
    assert "no such file" in told(panel, alert=True)
    assert button(panel, "audio2blend.batch")["possible"]
    assert not button(drawn("nothing")["Batch"], "audio2blend.line_remove")["possible"]


def test_panels_stand_in_both_editors_and_the_rarer_ones_are_closed(inside: blender.Child) -> None:
    shapes = inside.call("tests.addon.worker.panels:shapes", {})
    view, sequencer = ([s for s in shapes if s["space"] == space] for space in ("VIEW_3D", "SEQUENCE_EDITOR"))
    assert [s | {"space": ""} for s in view] == [s | {"space": ""} for s in sequencer]
    assert {s["tab"] for s in shapes} == {"Lip Sync"}
    assert [s["label"] for s in view if not s["closed"]] == OPEN
    assert [s["label"] for s in view if not s["parent"]] == [
        *OPEN, "Controls", "Export", "Render", "Batch",
    ]  # fmt: skip
    assert all(s["described"] for s in shapes)


def test_every_operator_that_refuses_says_why(inside: blender.Child) -> None:
    refusals = inside.call("tests.addon.worker.panels:refusals", {})
    assert "audio2blend.export" in refusals
    assert [name for name, reason in refusals.items() if len(reason) < 10] == []


def parts(values: list[Any]) -> list[Any]:
    """Return expressions, and what they choose between."""
    return values + [part for value in values if isinstance(value, ast.IfExp) for part in (value.body, value.orelse)]


def sentences() -> set[str]:
    """Return the sentences in the sources that a user can read, but those with names in them."""
    found = set()
    for path in (ROOT / "addon").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("why_not"):
                returned = [answer.value for answer in ast.walk(node) if isinstance(answer, ast.Return)]
                found |= {value.value for value in parts(returned) if isinstance(value, ast.Constant)}
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"sentence", "said", "allows"}:
                found |= {value.value for value in parts(node.args) if isinstance(value, ast.Constant)}
    return found - {""}


def test_sentences_are_in_german() -> None:
    german = tomllib.loads((ROOT / "addon" / "languages" / "de_DE.toml").read_text("utf-8"))
    assert len(sentences()) > 20
    assert sentences() - german.keys() == set()
    for english, own in german.items():  # what is filled in has a place in both
        assert re.findall(r"{.*?}", english) == re.findall(r"{.*?}", own)


def test_everything_has_a_tooltip_and_german(inside: blender.Child) -> None:
    found = inside.call("tests.addon.worker.panels:texts", {})
    assert found["untold"] == []
    assert len(found["texts"]) > 100
    assert sorted(set(found["texts"]) - set(found["german"])) == []
