"""How long a recording or a clip is, by its header where it has one: jobs have thousands."""

from fractions import Fraction
from pathlib import Path


def seconds_of(path: Path) -> Fraction:
    """Return the length of a sound, a video or a file of curves in seconds. Raises InputError if it cannot be read."""
    if path.suffix.lower() == ".npz":
        from usd_export.registry import read

        clip = read(path)
        return max(Fraction(0), Fraction(clip.start_s).limit_denominator(10**6) + len(clip) / clip.frame_rate)
    import soundfile

    try:
        header = soundfile.info(str(path))
        return Fraction(header.frames, header.samplerate)
    except (soundfile.LibsndfileError, RuntimeError):
        from audio2blend.audio import SAMPLE_RATE, load  # another container: decoded to know

        return Fraction(len(load(path).samples), SAMPLE_RATE)
