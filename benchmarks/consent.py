"""How long commands take on 10 000 records of consent and 100 000 log entries: `python -m benchmarks.consent`."""

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from audio2blend.provenance.consent import Register, Terms, log
from audio2blend.provenance.keys import PASSPHRASE

from .cost import measure

N_RECORDS, N_ENTRIES = 10_000, 100_000
REPEATS = 3
"""The middle one counts."""
AUDIO2BLEND = str(Path(sys.executable).parent / "audio2blend")


def large(path: Path) -> Path:
    """Make a register in one transaction: half of the other entries begin a file, half say that it is done."""
    terms = Terms(purposes=("games", "film"), territories=("EU",), since=date(2026, 1, 1), evidence="0" * 64)
    with Register.open(path, create=True) as register, register.writing():
        records = [register.add(f"speaker-{number}", terms).id for number in range(N_RECORDS)]
        for number in range(log.head(register.db).seq, N_ENTRIES):
            record, file = records[number // 2 % N_RECORDS], f"/project/shots/{number // 2:05}/line.usdc"
            if number % 2:
                log.append(register.db, "made", record, {"files": {file: f"{number:064x}"}})
            else:
                log.append(register.db, "used", record, {"files": [file], "use": "games, DE, de, voice"})
    return path


def commands(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each action with its arguments, in an order in which they find what they need."""
    add = ["--purpose", "games", "--territory", "EU", "--language", "any", "--evidence", str(folder / "signed.pdf")]
    yield "add", ["add", "speaker-1", *add]
    yield "add --contact", ["add", "speaker-2", *add, "--contact", str(folder / "signed.pdf")]
    yield "ask", ["ask", "speaker-3", "--purpose", "games", "--territory", "DE"]
    yield "show SPEAKER", ["show", "speaker-3"]
    yield "show SPEAKER --contact", ["show", "speaker-2", "--contact"]
    yield "show (all)", ["show"]
    yield "receipt", ["receipt", "speaker-2", "-o", str(folder / "receipt.json")]
    yield "verify", ["verify", str(folder / "receipt.json")]
    yield "export SPEAKER", ["export", "speaker-2", "-o", str(folder / "one.json")]
    yield "export (all)", ["export", "-o", str(folder / "all.json")]
    yield "withdraw", ["withdraw", "speaker-4"]
    with Register.open(folder / "consent.sqlite") as register:
        person = register.person("speaker-2").id  # by which they are found again once they are erased
    yield "erase", ["erase", person]
    yield "audit", ["audit"]


def table() -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| command | seconds | seconds computing | memory in MB |"
    yield "|---|---|---|---|"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "signed.pdf").write_text("I agree.")
        register = large(folder / "consent.sqlite")
        for action, arguments in commands(folder):
            command = [AUDIO2BLEND, "consent", *arguments, "--register", str(register)]
            costs = sorted((measure(command) for _ in range(REPEATS)), key=lambda cost: cost.seconds)
            cost = costs[REPEATS // 2]
            yield f"| `consent {action}` | {cost.seconds:.2f} | {cost.cpu_s:.2f} | {cost.peak_mb:.0f} |"


if __name__ == "__main__":
    os.environ[PASSPHRASE] = "of a benchmark"
    print(*table(), sep="\n")
