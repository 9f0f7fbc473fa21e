"""What is private opens with the right secret alone, and after an erasure with none; receipts prove what they say."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audio2blend.errors import InputError
from audio2blend.provenance.consent import Register, Terms, Vault, audit
from audio2blend.provenance.consent import receipt as receipts
from audio2blend.provenance.consent.vault import beside, destroy, holders, there
from audio2blend.provenance.keys import Secret, SigningKey, seal, signed_by, unseal

pytest.importorskip("cryptography")

TERMS = Terms(purposes=("games",), since=date(2026, 1, 1), evidence="0" * 64)
SECRET = Secret(passphrase="a long passphrase")
CONTACT = "Anna Müller, anna@example.org".encode()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register where anna has a contact, its vault beside it, and her receipt."""
    path = tmp_path_factory.mktemp("studio") / "consent.sqlite"
    with Vault.open(beside(path), SECRET, create=True) as vault, Register.open(path, create=True) as opened:
        opened.add("anna", TERMS, private={"contact": CONTACT, "voiceprint": b"\1\2\3"}, vault=vault)
        receipt = receipts.receipt(opened, opened.records("anna"), vault.signing_key())
    path.with_name("receipt.json").write_text(json.dumps(receipt, indent=3))
    return path


@pytest.fixture
def register(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / whole.name


def contact(path: Path, secret: Secret = SECRET, vault: Path | None = None) -> bytes:
    with Vault.open(vault or beside(path), secret) as opened, Register.open(path) as register:
        person = register.person("anna").id
        return opened.unseal(person, "contact", register.private(person)["contact"])


class TestVault:
    def test_the_secret_opens_it(self, register: Path) -> None:
        assert contact(register) == CONTACT

    def test_neither_file_holds_what_is_private(self, register: Path) -> None:
        for path in (register, beside(register)):
            data = path.read_bytes()
            assert CONTACT not in data
            assert SECRET.passphrase.encode() not in data

    def test_a_wrong_passphrase_and_an_altered_vault_say_the_same(self, register: Path, tmp_path: Path) -> None:
        with pytest.raises(InputError) as wrong:
            contact(register, Secret(passphrase="another"))
        data = beside(register).read_bytes()
        with Register.open(beside(register).rename(tmp_path / "consent.vault")) as opened:
            (locked,) = opened.db.execute("select locked from master").fetchone()
            opened.db.execute("update master set locked = ?", (bytes([locked[0] ^ 1, *locked[1:]]),))
        assert data != beside(register).read_bytes()
        with pytest.raises(InputError) as altered:
            contact(register)
        assert str(wrong.value) == str(altered.value)
        assert "the secret is wrong, or the vault was altered" in str(wrong.value)

    def test_what_is_sealed_belongs_to_one_person(self, register: Path) -> None:
        with Vault.open(beside(register), SECRET) as vault:
            sealed = vault.seal("p-1", "contact", b"x")
            vault.seal("p-2", "contact", b"y")
            for person, kind in (("p-2", "contact"), ("p-1", "voiceprint")):
                with pytest.raises(InputError, match="was altered"):
                    vault.unseal(person, kind, sealed)
            with pytest.raises(InputError, match="the key of p-3 is destroyed"):
                vault.unseal("p-3", "contact", sealed)

    def test_a_key_file_locks_it_as_well(self, tmp_path: Path) -> None:
        key = tmp_path / "key"
        key.write_bytes(os.urandom(32))
        with Vault.open(tmp_path / "v", Secret(key_file=key), create=True) as vault:
            sealed = vault.seal("p-1", "contact", b"x")
        with Vault.open(tmp_path / "v", Secret(key_file=key, passphrase="ignored")) as vault:
            assert vault.unseal("p-1", "contact", sealed) == b"x"
        with pytest.raises(InputError, match="the key file is missing"):
            Vault.open(tmp_path / "v", SECRET)
        key.write_bytes(os.urandom(32))
        with pytest.raises(InputError, match="the secret is wrong"):
            Vault.open(tmp_path / "v", Secret(key_file=key))
        key.write_bytes(b"short")
        with pytest.raises(InputError, match="32 random bytes or more"):
            Vault.open(tmp_path / "v", Secret(key_file=key))
        with pytest.raises(InputError, match="cannot be read"):
            Vault.open(tmp_path / "v", Secret(key_file=tmp_path / "gone"))

    def test_a_keyring_does(self, tmp_path: Path) -> None:
        """In a process of its own, since a keyring is chosen once."""
        pytest.importorskip("keyrings.alt")
        code = (
            "import sys; from pathlib import Path; from audio2blend.provenance.consent import Vault\n"
            "from audio2blend.provenance.keys import Secret\n"
            "Vault.open(Path(sys.argv[1]), Secret(), create=True)\n"
        )
        backend = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
        home = {"XDG_DATA_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "home")}

        def opened(**env: str) -> subprocess.CompletedProcess[str]:
            everything = {**os.environ, **env}
            command = [sys.executable, "-c", code, str(tmp_path / "v")]
            return subprocess.run(command, env=everything, capture_output=True, text=True, check=False)

        plain = opened(**home)
        assert "set AUDIO2BLEND_PASSPHRASE to a passphrase, or AUDIO2BLEND_KEY_FILE" in plain.stderr
        assert opened(**home, **backend).returncode == 0
        assert opened(**home, **backend).returncode == 0
        shutil.rmtree(tmp_path / "home")
        assert "not in this user's keyring" in opened(**home, **backend).stderr

    def test_without_any_secret_nothing_is_made(self, tmp_path: Path) -> None:
        path = tmp_path / "consent.vault"
        with pytest.raises(InputError, match="nothing locks what must stay private"):
            Vault.open(path, Secret(), create=True)
        assert not there(path)
        with Vault.open(path, SECRET, create=True):
            assert there(path)


class TestErasure:
    def test_the_key_is_gone_from_all_backups_of_the_register(self, register: Path, tmp_path: Path) -> None:
        backup = Path(shutil.copy(register, tmp_path / "backup.sqlite"))
        with Register.open(register) as opened:
            person = opened.person("anna").id
            destroy(beside(register), person)
            opened.erase(person)
            assert audit(opened) == []
            assert [record.state for record in opened.records(person)] == ["withdrawn"]
            assert opened.records("anna") == []
            assert opened.private(person) == {}
        with pytest.raises(InputError, match="is destroyed"):
            contact(backup, vault=beside(register))
        assert b"anna" not in register.read_bytes()

    def test_one_that_was_cut_short_is_named_and_can_be_done_again(self, register: Path) -> None:
        with Register.open(register) as opened:
            person = opened.person("anna").id
            destroy(beside(register), person)
            assert holders(beside(register)) == set()
            assert audit(opened) == [f"the key of {person} is destroyed, and no erasure is logged: erase them again"]
            destroy(beside(register), person)
            opened.erase(person)
            assert audit(opened) == []


class TestReceipts:
    @pytest.fixture
    def receipt(self, register: Path) -> Path:
        return register.with_name("receipt.json")

    def test_it_holds_what_was_agreed_and_nothing_private(self, receipt: Path, register: Path) -> None:
        content, key = receipts.read(receipt)
        (record,) = content["records"]
        assert Terms.of(record["terms"]) == TERMS
        assert [event["event"] for event in record["events"]] == ["given"]
        assert "example.org" not in receipt.read_text()
        with Vault.open(beside(register), SECRET) as vault:
            assert key == vault.signing_key().id

    def test_another_library_finds_the_signature_good(self, receipt: Path) -> None:
        """OpenSSL's command line, on the bytes that anybody can make of the JSON."""
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("needs openssl")
        found = json.loads(receipt.read_text())
        folder = receipt.parent
        said = json.dumps(found["receipt"], sort_keys=True, separators=(",", ":")).encode()
        (folder / "said").write_bytes(said)
        (folder / "signature").write_bytes(bytes.fromhex(found["signature"]["value"]))
        spki = bytes.fromhex("302a300506032b6570032100" + found["signature"]["key"])  # RFC 8410
        (folder / "key").write_bytes(spki)
        command = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key"]
        done = subprocess.run(
            [*command, "-sigfile", "signature", "-in", "said"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert "Signature Verified Successfully" in done.stdout

    def test_one_that_somebody_signs_who_never_saw_a_register_is_refused(self, tmp_path: Path) -> None:
        for content in (
            {},
            {"issued": 1, "register": "g", "records": []},
            {"issued": "", "register": "", "records": [3]},
        ):
            said = {"schema": receipts.SCHEMA, **content}
            key = SigningKey.new()
            value = key.sign(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hex()
            forged = {"receipt": said, "signature": {"algorithm": "Ed25519", "key": key.id, "value": value}}
            (tmp_path / "forged.json").write_text(json.dumps(forged))
            with pytest.raises(InputError, match="no receipt of consent"):
                receipts.read(tmp_path / "forged.json")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda text: text.replace("games", "film"), "was altered after it was signed"),
            (lambda text: text.replace('"given"', '"refused"'), "was altered after it was signed"),
            (lambda text: text.replace('"minor": false', '"minor": false, "more": 1'), "was altered after"),
            (lambda _: "", "no receipt of consent"),
            (lambda _: "[1]", "no receipt of consent"),
            (lambda _: '{"receipt": 3, "signature": 4}', "no receipt of consent"),
            (lambda _: "[" * 200_000, "no receipt of consent"),
            (lambda _: "\ud800", "no receipt of consent"),
            (lambda text: text.replace("Ed25519", "none"), "no receipt of consent"),
            (lambda text: text.replace('"value": "', '"value": "zz'), "was altered after it was signed"),
            (lambda text: text + " " * 5_000_000, "no receipt of consent"),
        ],
    )
    def test_one_that_was_altered_or_is_none_is_refused(
        self, receipt: Path, change: Callable[[str], str], said: str
    ) -> None:
        receipt.write_text(change(receipt.read_text()), "utf-8", "surrogatepass")
        with pytest.raises(InputError, match=said):
            receipts.read(receipt)


class TestKeys:
    def test_a_key_is_its_owners_alone(self, tmp_path: Path) -> None:
        key = SigningKey.new()
        key.write(tmp_path / "me.pem")
        assert (tmp_path / "me.pem").stat().st_mode & 0o077 == 0 or sys.platform == "win32"
        again = SigningKey.read(tmp_path / "me.pem")
        assert again.id == key.id
        assert signed_by(key.id, again.sign(b"x").hex(), b"x")
        assert not signed_by(key.id, again.sign(b"x").hex(), b"y")
        with pytest.raises(InputError, match="is there already"):
            SigningKey.new().write(tmp_path / "me.pem")

    @pytest.mark.parametrize(
        "content", [b"", b"noise", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
    )
    def test_a_file_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "me.pem").write_bytes(content)
        with pytest.raises(InputError, match="no Ed25519 key"):
            SigningKey.read(tmp_path / "me.pem")

    def test_a_key_of_another_kind(self, tmp_path: Path) -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (tmp_path / "me.pem").write_bytes(generate_private_key(SECP256R1()).private_bytes(*pem))
        with pytest.raises(InputError, match="no Ed25519 key"):
            SigningKey.read(tmp_path / "me.pem")

    def test_what_is_sealed_opens_whole_or_not_at_all(self) -> None:
        key = bytes(32)
        sealed = seal(key, b"secret", "about")
        assert unseal(key, sealed, "about") == b"secret"
        for altered in (b"", sealed[:5], sealed[:-1], bytes([sealed[0] ^ 1]) + sealed[1:]):
            assert unseal(key, altered, "about") is None
        assert unseal(bytes([1]) * 32, sealed, "about") is None


def test_a_person_keeps_one_key_over_several_records(register: Path) -> None:
    with Vault.open(beside(register), SECRET) as vault, Register.open(register) as opened:
        opened.add("anna", replace(TERMS, purposes=("film",)), private={"contact": b"new"}, vault=vault)
        assert len(holders(beside(register))) == 1
    assert contact(register) == b"new"
