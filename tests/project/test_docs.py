"""The documentation speaks of what there is: words, messages, files and recipes."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PACKAGES = ("audio2blend", "rigs", "usd_export", "render_farm", "audio2blend_app")
CLASS = re.compile(r"[A-Z]\w*[a-z]\w*")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def public() -> dict[str, set[str]]:
    """Return what the `__all__` of each package names, by the package's dotted name; training is a tool apart."""
    names: dict[str, set[str]] = {}
    for path in sources(*PACKAGES):
        if path.name != "__init__.py" or "train" in path.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                package = ".".join(path.parent.relative_to(ROOT).parts)
                names[package] = set(ast.literal_eval(node.value))
    return names


def rows(page: str) -> list[list[str]]:
    """Return the cells of all tables of a page, without their headings."""
    tables = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    return [[cell.strip() for cell in line[1:-1].split("|")] for table in tables for line in table.splitlines()]


class TestGlossary:
    def test_each_word_of_a_public_class_is_a_term(self) -> None:
        terms = {word.lower() for term, *_ in rows("glossary.md") for word in re.findall(r"\w+", term)}
        classes = {name for names in public().values() for name in names if CLASS.fullmatch(name)}
        assert len(classes) > 20
        unknown = {
            f"{word} of {name}"
            for name in classes
            for word in re.findall(r"[A-Z][a-z]+|[A-Z]+(?![a-z])", name)
            if not {word.lower(), word.lower().removesuffix("s")} & terms
        }
        assert unknown == set()

    def test_each_name_in_its_last_column_can_be_imported(self) -> None:
        named = {name for *_, code in rows("glossary.md") for name in re.findall(r"`([\w.]+)`", code) if "." in name}
        there = {f"{package}.{name}" for package, names in public().items() for name in names}
        assert len(named) > 20
        assert named - there == set()

    def test_no_term_stands_twice(self) -> None:
        terms = [term for term, *_ in rows("glossary.md")]
        assert sorted(terms) == sorted(set(terms))


def said() -> str:
    """Return all texts in the code, a line each, with "…" for what is filled in."""
    found = []
    for path in sources(*PACKAGES, "addon"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(p.value if isinstance(p, ast.Constant) else "…" for p in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value.replace("%s", "…"))
    return "\n".join(found)


MESSAGES = [found[1] for row in rows("troubleshooting.md") if (found := re.fullmatch(r"`([^`]+)`", row[0]))]


class TestTroubleshooting:
    def test_there_are_messages_of_every_step(self) -> None:
        assert len(MESSAGES) > 30

    @pytest.mark.parametrize("message", MESSAGES)
    def test_each_message_is_one_that_is_given(self, message: str, all_said: str) -> None:
        """Each piece between two gaps is in the code as it stands; a message may be put together from several texts."""
        pieces = [piece.strip(" :") for piece in message.split("…")]
        assert [piece for piece in pieces if len(piece) > 3 and piece not in all_said] == []
        assert any(len(piece) > 3 for piece in pieces)


@pytest.fixture(scope="module")
def all_said() -> str:
    return said()


DOCUMENTED = {
    name
    for page in (DOCS / "reference").glob("*.md")
    for name in re.findall(r"^::: (\S+)", page.read_text("utf-8"), re.MULTILINE)
}


class TestReference:
    def test_every_public_package_is_on_a_page(self) -> None:
        apart = {"audio2blend.blender", "rigs.builtin", "rigs.readers"}  # what lies behind is named by those above
        assert public().keys() - DOCUMENTED == apart

    def test_a_function_that_hides_its_module_is_listed_by_itself(self) -> None:
        """Where a package has a module `jitter` and a function `jitter`, its own entry shows the module alone."""
        documented = {name.rpartition(".")[2] for name in DOCUMENTED}
        hidden = {
            name
            for package, names in public().items()
            for name in names
            if (folder := ROOT / package.replace(".", "/") / name).is_dir() or folder.with_suffix(".py").exists()
        }
        assert hidden
        assert hidden - documented == set()

    def test_the_first_use_runs(self, tmp_path: Path) -> None:
        (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "reference" / "index.md").read_text("utf-8"), re.DOTALL)
        shutil.copy(ROOT / "examples" / "hello.wav", tmp_path / "line.wav")
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
        assert (tmp_path / "line.usdc").stat().st_size > 100_000

    def test_examples_and_formulas_of_docstrings_are_code(self) -> None:
        pytest.importorskip("griffe", reason="make docs installs it")
        from docstring_markdown import markdown

        assert markdown("Add.\n\n>>> 1 + 1\n2\n\nMore.") == "Add.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nMore."
        assert markdown(".. math:: a\n    b\n\nAt :math:`k`.") == "```tex\na\n    b\n```\n\nAt `k`."
