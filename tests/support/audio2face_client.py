"""A program for the environment that has NVIDIA's client: streams a .wav to a server, and prints what came back.

Usage: python audio2face_client.py PORT FILE.wav [JSON with fields for the header]; the output is JSON.
"""

import json
import sys
import wave

import grpc
from nvidia_ace import audio_pb2 as audio
from nvidia_audio2face_3d import messages_pb2 as messages
from nvidia_audio2face_3d.audio2face_pb2_grpc import A2FControllerServiceStub


def main(port: str, sound: str, fields: str = "{}") -> None:
    """Send the file in pieces of 20 ms."""
    wanted = json.loads(fields)
    with wave.open(sound) as file:
        rate, content = file.getframerate(), file.readframes(file.getnframes())
        header = audio.AudioHeader(
            audio_format=0,
            channel_count=wanted.pop("channels", file.getnchannels()),
            samples_per_second=rate,
            bits_per_sample=wanted.pop("bits", 16),
        )

    def requests():
        shapes = messages.BlendShapeParameters(
            bs_weight_multipliers=wanted.get("multipliers", {}), bs_weight_offsets=wanted.get("offsets", {})
        )
        yield messages.AudioWithEmotionStream(
            audio_stream_header=messages.AudioWithEmotionStreamHeader(audio_header=header, blendshape_params=shapes)
        )
        step = rate // 50 * 2
        for first in range(0, len(content), step):
            piece = messages.AudioWithEmotion(audio_buffer=content[first : first + step])
            if first == 0 and "emotion" in wanted:
                piece.emotions.append(messages.EmotionWithTimeCode(time_code=0, emotion=wanted["emotion"]))
            yield messages.AudioWithEmotionStream(audio_with_emotion=piece)
        yield messages.AudioWithEmotionStream(end_of_audio=messages.AudioWithEmotionStream.EndOfAudio())

    told = {"order": [], "times": [], "weights": [], "sound": ""}
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for answer in A2FControllerServiceStub(channel).ProcessAudioStream(requests()):
            part = answer.WhichOneof("stream_part")
            if not told["order"] or told["order"][-1] != part:
                told["order"].append(part)
            if part == "animation_data_stream_header":
                told["names"] = list(answer.animation_data_stream_header.skel_animation_header.blend_shapes)
            elif part == "animation_data":
                (row,) = answer.animation_data.skel_animation.blend_shape_weights
                told["times"].append(row.time_code)
                told["weights"].append(list(row.values))
                told["sound"] += answer.animation_data.audio.audio_buffer.hex()
            elif part == "status":
                told["status"] = [answer.status.code, answer.status.message]
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
