"""Files are signed, every altered byte is found, and what cannot be known is not claimed."""

import json
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audio2blend.audio.ffmpeg import program
from audio2blend.errors import InputError
from audio2blend.provenance.consent import Register, Terms
from audio2blend.provenance.credentials import Claim, Signer, check, sidecar, sign
from audio2blend.provenance.credentials import library as c2pa_library
from tests.support.commands import command

pytest.importorskip("c2pa")

SOUND = ["-f", "lavfi", "-i", "sine=duration=1"]
PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=1"]
EMBEDDED = {
    "line.mp4": [*PICTURE, *SOUND],
    "line.mov": [*PICTURE, *SOUND],
    "line.wav": SOUND,
    "line.mp3": SOUND,
    "line.flac": SOUND,
    "line.m4a": SOUND,
    "line.png": [*PICTURE, "-frames:v", "1"],
    "line.jpg": [*PICTURE, "-frames:v", "1"],
}
BESIDE = ["hero.glb", "hero.usdc", "hero.fbx", "line.csv"]


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-v", "error", "-y", *arguments], check=True)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("media")
    for name, arguments in EMBEDDED.items():
        ffmpeg(*arguments, str(folder / name))
    for name in BESIDE:
        (folder / name).write_bytes(bytes(range(256)) * 8)
    return folder


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signer") / "ours"
    Signer.make(folder, "Studio Sonne")
    return folder


@pytest.fixture
def by_us(signer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, where we sign."""
    monkeypatch.setenv("AUDIO2BLEND_SIGNER", str(signer))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [*EMBEDDED, *BESIDE])
def test_each_format_is_signed_and_one_altered_byte_is_found(
    name: str, media: Path, signer: Path, tmp_path: Path
) -> None:
    ours, plain = Signer.read(signer), (media / name).read_bytes()
    (tmp_path / name).write_bytes(plain)
    assert check(tmp_path / name, ours.root).state == "none"
    written = sign(tmp_path / name, ours, Claim(speech=media / "line.wav"))
    assert written == (tmp_path / name if name in EMBEDDED else sidecar(tmp_path / name))
    assert sorted(tmp_path.iterdir()) == sorted({tmp_path / name, written})
    found = check(tmp_path / name, ours.root)
    assert (found.state, found.signer, found.reasons) == ("trusted", "Studio Sonne", ())
    assert found.source_type == "compositeWithTrainedAlgorithmicMedia"
    assert check(tmp_path / name, "").state == "unknown"

    signed = (tmp_path / name).read_bytes()
    kept = plain[len(plain) // 2 :][-64:] if name not in EMBEDDED else plain[-64:-32]  # where it lies after signing
    place = signed.rindex(kept) + 5
    altered = bytearray(signed)
    altered[place] ^= 1
    (tmp_path / name).write_bytes(altered)
    assert check(tmp_path / name, ours.root).state == "altered"
    if name in EMBEDDED:
        with pytest.raises(InputError, match="was altered after it was signed"):
            sign(tmp_path / name, ours, Claim())


def test_the_credentials_themselves_cannot_be_altered(media: Path, signer: Path, tmp_path: Path) -> None:
    ours = Signer.read(signer)
    sign(media / "line.png", ours, Claim(), tmp_path / "line.png")
    signed = (tmp_path / "line.png").read_bytes()
    forged = signed.replace(b"compositeWithTrainedAlgorithmicMedia", b"compositeWithTrainedAlgorithmicMedib")
    assert forged != signed
    (tmp_path / "line.png").write_bytes(forged)
    assert check(tmp_path / "line.png", ours.root).state == "altered"
    beside = sign(media / "hero.glb", ours, Claim())
    beside.write_bytes(beside.read_bytes()[:-100])
    assert check(media / "hero.glb", ours.root).state == "altered"
    beside.unlink()


def test_signing_again_keeps_what_was_said_before(media: Path, signer: Path, tmp_path: Path) -> None:
    ours = Signer.read(signer)
    sign(media / "line.jpg", ours, Claim(source_type="algorithmicMedia"), tmp_path / "line.jpg")
    sign(tmp_path / "line.jpg", ours, Claim())
    assert check(tmp_path / "line.jpg", ours.root).state == "trusted"
    c2pa = c2pa_library.load()
    with c2pa.Reader(str(tmp_path / "line.jpg")) as reader:
        told = json.loads(reader.json())
    assert len(told["manifests"]) == 2
    parent = told["manifests"][told["active_manifest"]]["ingredients"][0]
    assert parent["relationship"] == "parentOf"


def test_a_copy_by_ffmpeg_loses_the_signature_and_is_told(
    by_us: Path, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("trust", "sign", media / "line.mp4", "-o", "signed.mp4") == 0
    assert command("trust", "check", "signed.mp4", "--json") == 0
    assert '"state": "trusted"' in capsys.readouterr().out
    ffmpeg("-i", "signed.mp4", "-c", "copy", "copy.mp4")
    assert command("trust", "check", "copy.mp4") == 1
    assert "no signature: nothing says where this file comes from" in capsys.readouterr().out


def test_who_is_not_trusted_is_an_unknown_signer(
    by_us: Path, media: Path, signer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("trust", "init", "Studio Sonne", "--signer", "theirs") == 0  # the same name, another root
    assert command("trust", "sign", media / "line.png", "-o", "theirs.png", "--signer", "theirs") == 0
    assert command("trust", "check", "theirs.png") == 1
    assert "valid, but by an unknown signer" in capsys.readouterr().out
    assert command("trust", "check", "theirs.png", "--root", "theirs/root.pem") == 0


def test_the_key_is_its_owners_alone_and_is_never_replaced(by_us: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("trust", "init", "Studio Mond", "--signer", "mond") == 0
    key = Path("mond/key.pem")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert command("trust", "init", "Studio Mond", "--signer", "mond") == 2
    assert "is there already" in capsys.readouterr().err
    assert key.read_bytes() == before
    assert command("trust", "init", "", "--signer", "nobody") == 2
    assert not Path("nobody").exists()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: (folder / "chain.pem").write_text("nonsense"), "holds no certificates"),
        (lambda folder: (folder / "key.pem").write_text("nonsense"), "is no key for ES256"),
        (lambda folder: (folder / "key.pem").unlink(), "cannot be read"),
        (lambda folder: (folder / "chain.pem").unlink(), "holds no certificate to sign with"),
        (lambda folder: (folder / "chain.pem").write_text((folder / "root.pem").read_text()), "is not the key of"),
    ],
)  # fmt: skip
def test_a_bad_certificate_signs_nothing(
    harm: object, told: str, by_us: Path, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Signer.make(by_us / "bad", "Bad")
    harm(by_us / "bad")  # type: ignore[operator]
    assert command("trust", "sign", media / "line.png", "-o", "out.png", "--signer", "bad") == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert [file.name for file in by_us.iterdir()] == ["bad"]


def test_a_certificate_that_is_over_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not today; get a new one"):
        Signer.make(tmp_path, "Old", datetime.now(UTC) - timedelta(days=3650))


def test_without_init_the_way_is_told(
    by_us: Path, media: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUDIO2BLEND_SIGNER", str(by_us / "none"))
    assert command("trust", "sign", media / "line.png", "-o", "out.png") == 2
    assert "trust init" in capsys.readouterr().err
    assert command("trust", "check", media / "line.png") == 1  # checking takes no certificate


def test_what_cannot_be_signed_is_left_as_it_was(by_us: Path, media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("text.png").write_text("no picture")
    assert command("trust", "sign", "text.png") == 2
    assert Path("text.png").read_text() == "no picture"
    assert command("trust", "sign", "missing.png") == 2
    assert command("trust", "sign", media / "line.png", "-o", "line.jpg") == 2
    assert command("trust", "sign", media / "hero.glb", "-o", "other.glb") == 2
    assert command("trust", "sign", media / "line.png", "-o", "out.png", "--speech", "missing.wav") == 2
    assert command("trust", "check", "missing.png") == 2
    assert command("trust", "check", media / "line.png", "--root", "text.png") == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 7
    assert [file.name for file in by_us.iterdir()] == ["text.png"]


def test_the_consent_is_named_by_its_id_and_looked_up(
    by_us: Path, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_it = ("trust", "sign", media / "line.png", "-o", "line.png", "--consent")
    assert command(*sign_it, "c-none") == 2
    terms = Terms(purposes=("games",), since=datetime.now(UTC).date() - timedelta(days=1), evidence="0" * 64)
    with Register.open(by_us / "consent.sqlite", create=True) as register:
        record = register.add("anna", terms)
        assert command(*sign_it, "c-none") == 2
        assert not Path("line.png").exists()
        assert command(*sign_it, record.id) == 0
        assert b"anna" not in Path("line.png").read_bytes()
        capsys.readouterr()
        assert command("trust", "check", "line.png") == 0
        assert f"consent: {record.id}, given" in capsys.readouterr().out
        register.withdraw([record.id])
    assert command("trust", "check", "line.png") == 1
    assert f"consent: {record.id}, withdrawn" in capsys.readouterr().out
    assert command(*sign_it, record.id) == 3
    Path("consent.sqlite").unlink()
    assert command("trust", "check", "line.png") == 0
    assert "whose register is not at hand" in capsys.readouterr().out
