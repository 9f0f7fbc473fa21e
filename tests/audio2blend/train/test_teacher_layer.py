"""The first layers of a Whisper encoder, read from a file as CTranslate2 writes it."""

import struct

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from audio2blend.errors import InputError  # noqa: E402
from audio2blend.network.whisper import log_mel  # noqa: E402
from audio2blend.train.teacher_layer import TeacherLayer  # noqa: E402


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes = {"conv1/weight": (512, 80, 3), "conv1/bias": (512,), "conv2/weight": (512, 512, 3), "conv2/bias": (512,)}
    shapes["position_encodings/encodings"] = (1500, 512)
    for layer in range(3):
        for part, width in (("self_attention", 1536), ("ffn", 2048)):
            name = f"layer_{layer}/{part}"
            shapes |= {f"{name}/layer_norm/gamma": (512,), f"{name}/layer_norm/beta": (512,)}
            shapes |= {f"{name}/linear_0/weight": (width, 512), f"{name}/linear_0/bias": (width,)}
            last = 512 if part == "self_attention" else 2048
            shapes |= {f"{name}/linear_1/weight": (512, last), f"{name}/linear_1/bias": (512,)}
    return shapes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model whose layers pass on what they get, and whose convolutions pick mel 7 of the middle frame."""
    arrays = {name: np.zeros(shape, np.float16) for name, shape in _shapes().items()}
    arrays["conv1/weight"][0, 7, 1] = arrays["conv2/weight"][0, 0, 1] = 1
    arrays["position_encodings/encodings"][:, 1] = np.arange(1500) / 1500
    arrays["layer_2/ffn/linear_1/bias"][2] = 3
    named = {f"encoder/{name}": array for name, array in arrays.items()}
    named["decoder/scale"] = np.ones(4, np.int8)
    out = struct.pack("<I", 6) + b"\x0c\x00WhisperSpec\0" + struct.pack("<II", 3, len(named))
    for name, array in named.items():
        title = name.encode() + b"\0"
        kind = 4 if array.dtype == np.float16 else 1
        out += struct.pack("<H", len(title)) + title + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        out += struct.pack("<BI", kind, array.nbytes) + array.tobytes()
    place = tmp_path_factory.mktemp("whisper")
    (place / "model.bin").write_bytes(out)
    return place


@pytest.mark.parametrize("seconds", [0.5, 29.3])
def test_a_sound_has_fifty_features_a_second_that_come_from_its_own_mels(folder, seconds):
    samples = np.random.default_rng(3).standard_normal(int(seconds * 16_000)).astype(np.float32)
    features = TeacherLayer.open(folder)(samples)
    assert features.shape == (round(50 * seconds), 512)
    piece = samples[: 28 * 16_000]
    mels = torch.tensor(log_mel(np.pad(piece, (0, 32_000)))[7, ::2][: len(piece) // 320])
    wanted = torch.nn.functional.gelu(torch.nn.functional.gelu(mels))
    np.testing.assert_allclose(features[: len(wanted), 0], wanted, atol=2e-3)
    np.testing.assert_allclose(features[: len(wanted), 1], np.arange(len(wanted)) / 1500, atol=1e-3)
    assert np.all(features[:, 2] == 3)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(InputError, match="no Whisper model in"):
        TeacherLayer.open(tmp_path)
