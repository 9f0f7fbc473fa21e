"""Every phone that espeak-ng can say in any of its voices, in IPA, read from its own phoneme tables.

Run as a program, so that the library stays out of the tests' process: its path and its data's, then a voice a line on
stdin; what comes out is a JSON list a line.
"""

import ctypes
import json
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def phones(voices: Sequence[str]) -> dict[str, list[str]]:
    """Return what each voice can say: one transcription, in IPA, of every phoneme in its table."""
    import espeakng_loader

    command = [sys.executable, __file__, espeakng_loader.get_library_path(), str(espeakng_loader.get_data_path())]
    out = subprocess.run(command, input="\n".join(voices), capture_output=True, text=True, timeout=300, check=True)
    return dict(zip(voices, map(json.loads, out.stdout.splitlines()), strict=True))


def tables(phontab: bytes) -> dict[str, list[str]]:
    """Return the mnemonics of each phoneme table, those that it includes among them, by its name."""
    at, mnemonics, order = 4, {}, []
    for _ in range(phontab[0]):
        count, includes = phontab[at], phontab[at + 1]
        name = phontab[at + 4 : at + 36].split(b"\0")[0].decode()
        at += 36
        own = dict(mnemonics[order[includes - 1]]) if includes else {}
        for entry in range(count):
            code, *_ = struct.unpack_from("<4s", phontab, at + 16 * entry)
            own[phontab[at + 16 * entry + 10]] = code.rstrip(b"\0").decode("utf-8", "ignore")
        at += 16 * count
        mnemonics[name] = own
        order.append(name)
    return {name: [text for text in own.values() if text] for name, own in mnemonics.items()}


def main(library: str, data: str) -> None:
    """Answer each voice with its phones."""
    espeak = ctypes.CDLL(library)
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    espeak.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    os.chdir(data)
    espeak.espeak_Initialize(2, 0, b".", 0x8000)
    known = tables(Path("phontab").read_bytes())
    espeak.espeak_SetVoiceByName(b"gmw/en-US")
    text = b"[[a]]"
    espeak.espeak_Synth(text, len(text) + 1, 0, 1, 0, 0x101, None, None)  # from now on [[ ]] holds phonemes
    for line in sys.stdin:
        voice = line.strip()
        table = Path(voice).name
        for setting in Path("lang", voice).read_text("utf-8", "replace").splitlines():
            if setting.startswith("phonemes "):
                table = setting.split()[1]
        assert espeak.espeak_SetVoiceByName(voice.encode()) == 0, voice
        said = []
        for mnemonic in known.get(table) or known[table.split("-")[0]]:
            at = ctypes.c_char_p(f"[[{mnemonic}]]".encode())
            while at.value is not None:
                said.append(espeak.espeak_TextToPhonemes(ctypes.byref(at), 1, 2).decode("utf-8", "ignore"))
        print(json.dumps(sorted({one.strip() for one in said})), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
