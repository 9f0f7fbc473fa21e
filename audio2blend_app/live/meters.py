"""What a server says of itself, for Prometheus where its client is installed: numbers alone, and never sound."""

from typing import Any

from audio2blend.errors import MissingDependencyError


class Meters:
    """Counts that are kept; `text` gives them in Prometheus' format."""

    def __init__(self, max_streams: int) -> None:
        """Begin at nothing. Raises MissingDependencyError without prometheus-client."""
        try:
            import prometheus_client as prometheus
        except ImportError:
            cure = "pip install 'audio2blend[live]'"
            raise MissingDependencyError(f"a live server needs prometheus-client; {cure}") from None
        self._registry = prometheus.CollectorRegistry()
        self._format = prometheus.generate_latest

        def made(kind: Any, name: str, about: str, *labels: str, **more: Any) -> Any:
            return kind(f"audio2blend_{name}", about, labels, registry=self._registry, **more)

        spans = (0.001, 0.002, 0.004, 0.008, 0.016, 0.033, 0.067, 0.1, 0.2, 0.5, 1.0)
        self._in_use = made(prometheus.Gauge, "streams_in_use", "Streams that are open")
        self._available = made(prometheus.Gauge, "streams_available", "Streams that could be opened")
        self._ended = made(prometheus.Counter, "streams", "Streams that have ended", "transport", "outcome")
        self._frames = made(prometheus.Counter, "frames", "Frames computed")
        self._sound = made(prometheus.Counter, "audio_seconds", "Sound heard")
        self._computing = made(prometheus.Histogram, "compute_seconds", "Time a piece of sound took", buckets=spans)
        self._late = made(prometheus.Histogram, "frame_lateness_seconds", "From a frame's sound to it", buckets=spans)
        self._dropped = made(prometheus.Counter, "dropped_frames", "Frames that were not sent", "reason")
        self._rejected = made(prometheus.Counter, "rejected", "Streams that were refused", "reason")
        self._max = max_streams
        self.streams(0)

    def streams(self, count: int) -> None:
        """Note how many streams are open."""
        self._in_use.set(count)
        self._available.set(self._max - count)

    def ended(self, transport: str, outcome: str) -> None:
        """Count a stream that has ended: "done" or "failed"."""
        self._ended.labels(transport, outcome).inc()

    def computed(self, seconds: float, sound_s: float, n_frames: int) -> None:
        """Note how long a piece of sound took, and what came of it."""
        self._computing.observe(seconds)
        self._sound.inc(sound_s)
        self._frames.inc(n_frames)

    def late(self, seconds: float) -> None:
        """Note how long after its sound a frame was sent."""
        self._late.observe(max(0.0, seconds))

    def dropped(self, count: int, reason: str) -> None:
        """Count frames that were not sent."""
        self._dropped.labels(reason).inc(count)

    def rejected(self, reason: str) -> None:
        """Count a stream that was refused."""
        self._rejected.labels(reason).inc()

    def text(self) -> str:
        """Return all of it as Prometheus reads it."""
        return str(self._format(self._registry).decode())
