"""What a host tells Prometheus."""

from audio2blend.errors import MissingDependencyError

try:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
except ImportError as error:
    raise MissingDependencyError("live servers need more: pip install 'audio2blend[live]'") from error

_TIMES_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.5, 1, 5)


class Measures:
    """The counters of one host; no stream has a label of its own, so that their number does not grow."""

    def __init__(self, max_streams: int) -> None:
        """Begin at nothing, with all streams free."""
        self.registry = CollectorRegistry()
        self._max_streams = max_streams
        self._in_use = Gauge("audio2blend_streams_in_use", "Streams that are open", registry=self.registry)
        self._free = Gauge("audio2blend_streams_available", "Streams that are free", registry=self.registry)
        self.streams = Counter(
            "audio2blend_streams", "Streams that ended", ["transport", "outcome"], registry=self.registry
        )
        self.frames = Counter("audio2blend_frames", "Frames that were made", registry=self.registry)
        self.sound_s = Counter("audio2blend_audio_seconds", "Seconds of sound that were heard", registry=self.registry)
        self.compute_s = Histogram(
            "audio2blend_compute_seconds", "Time of a piece of sound", buckets=_TIMES_S, registry=self.registry
        )
        self.lateness_s = Histogram(
            "audio2blend_frame_lateness_seconds",
            "Time from the arrival of the sound that made a frame ready to its sending",
            buckets=_TIMES_S,
            registry=self.registry,
        )
        self.dropped = Counter(
            "audio2blend_dropped_frames", "Frames that were made and not sent", ["reason"], registry=self.registry
        )
        self.rejected = Counter(
            "audio2blend_rejected", "Clients that were sent away", ["reason"], registry=self.registry
        )
        self.taken(0)

    def taken(self, in_use: int) -> None:
        """Note how many streams are open."""
        self._in_use.set(in_use)
        self._free.set(self._max_streams - in_use)

    def text(self) -> bytes:
        """Return all of them as Prometheus reads them."""
        return bytes(generate_latest(self.registry))
