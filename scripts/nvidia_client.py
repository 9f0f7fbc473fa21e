"""Sends a file of sound to a server through the classes of NVIDIA's package, and prints what came; runs in its own
environment: `nvidia_client.py HOST:PORT SOUND.raw`."""

import json
import sys
from pathlib import Path

import grpc
from nvidia_ace.status_pb2 import Status
from nvidia_audio2face_3d.audio2face_pb2_grpc import A2FControllerServiceStub
from nvidia_audio2face_3d.messages_pb2 import AudioWithEmotionStream

address, path = sys.argv[1:]
first, sound, end = AudioWithEmotionStream(), AudioWithEmotionStream(), AudioWithEmotionStream()
header = first.audio_stream_header.audio_header
header.channel_count, header.samples_per_second, header.bits_per_sample = 1, 16_000, 16
sound.audio_with_emotion.audio_buffer = Path(path).read_bytes()
end.end_of_audio.SetInParent()

with grpc.insecure_channel(address) as channel:
    answers = list(A2FControllerServiceStub(channel).ProcessAudioStream(iter([first, sound, end])))
data = [answer.animation_data for answer in answers if answer.HasField("animation_data")]
told = {
    "names": len(answers[0].animation_data_stream_header.skel_animation_header.blend_shapes),
    "frames": len(data),
    "values": sorted({len(piece.skel_animation.blend_shape_weights[0].values) for piece in data}),
    "status": Status.Code.Name(answers[-1].status.code),
    "sound": sum(len(piece.audio.audio_buffer) for piece in data),
}
print(json.dumps(told))
