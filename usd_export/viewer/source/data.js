// What the page carries: one JSON text and, as base64 of gzip, the numbers, the character and the sound.

export const page = JSON.parse(document.getElementById("data").textContent);

function packed(id) {
  const element = document.getElementById(id);
  if (!element) return null;
  const text = atob(element.textContent.trim());
  element.remove(); // the text of a large character is not needed a second time
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Return the bytes of a part of the page as an ArrayBuffer; null if it has none. */
export async function part(id) {
  const bytes = packed(id);
  if (!bytes) return null;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** The curves of a clip: `values` is frame after frame, a number for each channel. */
export class Clip {
  constructor({ name, channels, rate, start, frames }, values) {
    Object.assign(this, { name, channels, rate, start, frames, values });
    this.columns = new Map(channels.map((channel, column) => [channel, column]));
    this.end = start + frames / rate;
  }

  has(channel) {
    return this.columns.has(channel);
  }

  /** Return a channel at a time in seconds, between two frames in proportion; the first and last frame are held. */
  at(channel, time) {
    const column = this.columns.get(channel);
    if (column === undefined || !this.frames) return 0;
    const place = Math.min(Math.max((time - this.start) * this.rate, 0), this.frames - 1);
    const left = Math.min(Math.floor(place), Math.max(0, this.frames - 2));
    const width = this.channels.length;
    const low = this.values[left * width + column];
    const high = this.frames > 1 ? this.values[(left + 1) * width + column] : low;
    return low + (high - low) * (place - left);
  }

  /** Return the number of the frame that is shown at a time. */
  frame(time) {
    return Math.min(Math.max(Math.floor((time - this.start) * this.rate + 1e-6), 0), Math.max(0, this.frames - 1));
  }
}

/** Return the clips of the page. */
export async function clips() {
  const numbers = new Float32Array(await part("curves"));
  let at = 0;
  return page.clips.map((about) => {
    const size = about.frames * about.channels.length;
    at += size;
    return new Clip(about, numbers.subarray(at - size, at));
  });
}

/** Return the number of the last of `spans` ([label, start, end, …] in order of time) that began by then; or -1. */
export function lastBegun(spans, time) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][1] <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Return the span in which a time lies; undefined between two. */
export function spanAt(spans, time) {
  const span = spans[lastBegun(spans, time)];
  return span && time < span[2] - 1e-6 ? span : undefined;
}
