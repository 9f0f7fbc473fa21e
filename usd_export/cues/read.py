"""Cues of mouth shapes as clips: the phones that the shapes stand for, said by the articulation model."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from audio2blend.align.files import read as read_alignment
from audio2blend.clip import Clip
from audio2blend.intervals import to_text
from audio2blend.visemes import articulate


def read(path: Path) -> Clip:
    """Return the face that shows the shapes of a file, at 60 frames a second; raises InputError if it is none."""
    alignment = read_alignment(path)
    phones = [phone for word in alignment.words for phone in word.phones]
    clip = articulate(phones, duration_s=alignment.duration_s)
    return replace(clip, metadata={**clip.metadata, "aligner": alignment.aligner, "phones": to_text(phones)})


def _recognises(pattern: bytes, content: bytes) -> bool:
    return re.search(pattern, content) is not None


is_rhubarb_tsv = partial(_recognises, rb"\A(\xef\xbb\xbf)?[0-9.]+\t[A-HX]\s")
is_rhubarb_xml = partial(_recognises, rb"<rhubarbResult[\s>]")
is_rhubarb_json = partial(_recognises, rb'"mouthCues"\s*:')
is_moho = partial(_recognises, rb"\A(\xef\xbb\xbf)?MohoSwitch1\s")
is_azure = partial(_recognises, rb'(?i)"viseme_?id"\s*:')
is_polly = partial(_recognises, rb'"type"\s*:\s*"viseme"')
