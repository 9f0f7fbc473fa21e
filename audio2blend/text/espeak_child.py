"""The child process of `espeak.py`: lines of JSON come in, a line with the phones of each goes out.

It imports nothing of ours, so that it starts at once, and lets nothing of ours near a library under the GPL.
"""

import ctypes
import json
import os
import sys

_SILENT = 2  # AUDIO_OUTPUT_SYNCHRONOUS: nothing is played
_DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1
_IPA = 0x02


def main(library: str, data: str) -> None:
    """Answer each [voice, text] with its phones in IPA, or null if there is no such voice."""
    espeak = ctypes.CDLL(library)
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    espeak.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    os.chdir(data)  # espeak-ng cuts off paths of 160 bytes, and on Windows it cannot open all names
    if espeak.espeak_Initialize(_SILENT, 0, b".", _DO_NOT_EXIT) <= 0:  # the sample rate
        sys.exit("its data cannot be read")
    print("ready", flush=True)
    voice, known = None, False
    for line in sys.stdin:
        wanted, text = json.loads(line)
        if wanted != voice:
            voice, known = wanted, espeak.espeak_SetVoiceByName(wanted.encode()) == 0
        print(json.dumps(_phones(espeak, text) if known else None), flush=True)


def _phones(espeak: ctypes.CDLL, text: str) -> str:
    """Return what a text sounds like; espeak-ng takes it clause by clause."""
    at = ctypes.c_char_p(text.encode("utf-8", errors="ignore"))
    clauses = []
    while at.value is not None:  # an empty rest may still hold back a clause
        clauses.append(espeak.espeak_TextToPhonemes(ctypes.byref(at), _UTF8, _IPA).decode("utf-8", errors="ignore"))
    return " ".join(clauses)


if __name__ == "__main__":
    main(*sys.argv[1:])
