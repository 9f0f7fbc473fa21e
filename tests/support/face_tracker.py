"""A program for the environment that has mediapipe: prints, for every picture named, what its tracker sees.

Usage: python face_tracker.py MODEL PICTURE...; the output is a JSON list with the scores of the ARKit shapes by
name, or null where no face was found.
"""

import json
import sys

import mediapipe
from mediapipe.tasks.python import BaseOptions, vision


def main(model: str, pictures: list[str]) -> None:
    """Track each picture on its own."""
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model), output_face_blendshapes=True
    )
    found = []
    with vision.FaceLandmarker.create_from_options(options) as tracker:
        for picture in pictures:
            faces = tracker.detect(mediapipe.Image.create_from_file(picture)).face_blendshapes
            found.append({score.category_name: score.score for score in faces[0]} if faces else None)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
