// Time: it follows the sound where there is one, and a clock of the browser's where there is none or it has ended.

export class Player extends EventTarget {
  /** `duration` in seconds; `frameRate` is what a step goes by. */
  constructor(duration, frameRate) {
    super();
    this.duration = duration;
    this.frameRate = frameRate;
    this.playing = false;
    this.selection = null; // [start, end] in seconds
    this.looping = false;
    this.audio = null;
    this._speed = 1;
    this._time = 0;
    this._since = 0;
    this._tick = this._tick.bind(this);
  }

  /** Play the sound of an <audio> element along. */
  useSound(audio) {
    this.audio = audio;
    audio.preservesPitch = true;
  }

  /** The time in seconds. */
  get time() {
    return this._time;
  }

  get speed() {
    return this._speed;
  }

  set speed(value) {
    this._speed = value;
    this._since = performance.now();
    if (this.audio) this.audio.playbackRate = value;
    this._changed();
  }

  /** The stretch of time that is played: the selection while it loops. */
  get range() {
    return this.looping && this.selection ? this.selection : [0, this.duration];
  }

  play() {
    if (this.playing) return;
    const [start, end] = this.range;
    if (this._time < start - 1e-6 || this._time >= end - 1e-3) this._time = start;
    this.playing = true;
    this._startSound();
    requestAnimationFrame(this._tick);
    this._changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.audio?.pause();
    this._changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Go to a time in seconds. */
  seek(time) {
    this._time = Math.min(Math.max(time, 0), this.duration);
    if (this.playing) this._startSound();
    else if (this._sounds) this.audio.currentTime = this._time;
    this.dispatchEvent(new Event("time"));
  }

  /** Go so many frames on, to where one begins. */
  step(frames) {
    this.pause();
    this.seek((Math.round(this._time * this.frameRate) + frames) / this.frameRate);
  }

  /** Choose a stretch of time, or none; what is shorter than a frame is none. */
  select(start, end) {
    const [first, last] = [Math.max(0, Math.min(start, end)), Math.min(this.duration, Math.max(start, end))];
    this.selection = last - first < 1 / this.frameRate ? null : [first, last];
    if (!this.selection) this.looping = false;
    this._changed();
  }

  loop(on) {
    if (on && !this.selection) this.selection = [0, this.duration];
    this.looping = on;
    this._changed();
  }

  get _sounds() {
    return this.audio !== null && this._time < (this.audio.duration || 0);
  }

  _startSound() {
    this._since = performance.now();
    if (!this._sounds) {
      this.audio?.pause();
      return;
    }
    this.audio.currentTime = this._time;
    this.audio.playbackRate = this._speed;
    this.audio.play().catch(() => {}); // the clock goes on without
  }

  _tick(now) {
    if (!this.playing) return;
    const { audio } = this;
    if (audio && !audio.paused && !audio.ended) {
      if (!audio.seeking) this._time = audio.currentTime;
    } else {
      this._time += (Math.max(0, now - this._since) / 1000) * this._speed;
    }
    this._since = now;
    const [start, end] = this.range;
    if (this._time >= end - 1e-4) {
      if (this.looping) {
        this.seek(start);
      } else {
        this._time = end;
        this.pause();
      }
    }
    this.dispatchEvent(new Event("time"));
    if (this.playing) requestAnimationFrame(this._tick);
  }

  _changed() {
    this.dispatchEvent(new Event("change"));
  }
}
