// What the timeline shows, a lane each: how high it is, what it is called and how a stretch of time of it is drawn.

import { lastBegun } from "./data.js";

const LIPS = /^[ˈˌ']?[pbm]/;
const SILENCE = "sil";

/** Return the number of the first of `spans` that ends after a time. */
function firstAfter(spans, time) {
  return Math.max(0, lastBegun(spans, time));
}

/** The sound: what it swings to in each column of pixels. */
export class WaveLane {
  constructor({ rate, peaks }) {
    this.label = "Sound";
    this.height = 60;
    this.kind = "wave";
    this._rate = rate;
    this._peaks = peaks; // Int8Array, low and high in turn
  }

  draw(context, view) {
    const { width, height, start, scale, colors } = view;
    const middle = height / 2;
    const reach = middle - 5;
    context.fillStyle = colors.wave;
    for (let x = 0; x < width; x++) {
      const from = Math.max(0, Math.floor((start + x / scale) * this._rate));
      const to = Math.min(this._peaks.length / 2, Math.max(from + 1, Math.ceil((start + (x + 1) / scale) * this._rate)));
      let low = 0;
      let high = 0;
      for (let at = from; at < to; at++) {
        low = Math.min(low, this._peaks[2 * at]);
        high = Math.max(high, this._peaks[2 * at + 1]);
      }
      if (from >= to) continue;
      const top = middle - (reach * high) / 127;
      context.fillRect(x, top, 1, Math.max(1, middle - (reach * low) / 127 - top));
    }
  }
}

/** Words or phones. */
export class SpanLane {
  constructor(label, kind, spans) {
    Object.assign(this, { label, kind, spans });
    this.height = kind === "words" ? 26 : 24;
  }

  draw(context, view) {
    const { start, end, scale, colors, height } = view;
    context.textBaseline = "middle";
    context.font = this.kind === "words" ? `500 12.5px ${view.family}` : `12px ${view.family}`;
    for (let at = firstAfter(this.spans, start); at < this.spans.length && this.spans[at][1] < end; at++) {
      const [text, from, to, sure] = this.spans[at];
      if (text === SILENCE || to <= start) continue;
      const left = (from - start) * scale;
      const width = Math.max(2, (to - from) * scale - 1);
      const lips = this.kind === "phones" && LIPS.test(text);
      context.fillStyle = lips ? colors.lipsTint : colors.box;
      context.beginPath();
      context.roundRect(left, 3, width, height - 6, 4);
      context.fill();
      if (width < 7) continue;
      context.fillStyle = lips ? colors.lips : sure < 0.5 ? colors.soft : colors.ink;
      context.save();
      context.beginPath();
      context.rect(left, 0, width, height);
      context.clip();
      const wide = context.measureText(text).width;
      if (wide <= width - 2 || this.kind === "words") {
        const near = Math.max(left, 0); // a word that began before is named where it is seen
        context.fillText(text, wide + 8 > width ? near + 4 : left + (width - wide) / 2, height / 2 + 0.5);
      }
      context.restore();
    }
  }
}

/** Curves to one scale. */
export class CurveLane {
  /** `curves`: for each clip `at(time)` and `rate`, or null; `low` and `high` in their unit. */
  constructor({ label, about, unit, low, high, digits, curves, height, zones, closed, area }) {
    Object.assign(this, { label, about, unit, low, high, digits, curves, zones, closed, area });
    this.height = height || 56;
    this.kind = "curves";
  }

  /** Return what the curves show at a time, as text for each. */
  texts(time) {
    return this.curves.map((curve) => (curve ? format(curve.at(time), this.digits, this.unit) : null));
  }

  draw(context, view) {
    const { width, height, start, end, scale, colors } = view;
    const top = 6;
    const bottom = height - 5;
    const y = (value) => bottom - ((value - this.low) / (this.high - this.low)) * (bottom - top);
    if (this.closed !== undefined && this.closed !== null) {
      context.fillStyle = colors.closed;
      context.fillRect(0, y(this.closed), width, bottom - y(this.closed));
    }
    for (const [from, to, , kept] of this.zones || []) {
      if (to < start || from > end) continue;
      context.fillStyle = kept ? colors.kept : colors.missed;
      const left = (from - start) * scale;
      const wide = Math.max(2, (to - from) * scale);
      context.fillRect(left, top, wide, bottom - top);
      if (!kept) {
        context.fillStyle = colors.fail;
        context.font = `700 12px ${view.family}`;
        context.textAlign = "center";
        context.fillText("✕", left + wide / 2, top + 6);
        context.textAlign = "start";
      }
    }
    context.strokeStyle = colors.grid;
    context.lineWidth = 1;
    context.beginPath();
    const zero = Math.round(y(this.low < 0 && this.high > 0 ? 0 : this.low)) + 0.5;
    context.moveTo(0, zero);
    context.lineTo(width, zero);
    context.stroke();
    for (let index = this.curves.length - 1; index >= 0; index--) {
      if (this.curves[index]) this._line(context, view, this.curves[index], y, index, bottom);
    }
  }

  _line(context, { width, start, scale, colors }, curve, y, index, bottom) {
    const first = Math.max(0, Math.floor((curve.start - start) * scale));
    const last = Math.min(width, Math.ceil((curve.end - start) * scale));
    if (last <= first) return;
    // A point for each frame where there is room, else the least and the greatest of each column.
    const perColumn = curve.rate / scale;
    context.beginPath();
    if (perColumn <= 1) {
      const from = Math.max(0, Math.floor((start - curve.start) * curve.rate) - 1);
      for (let frame = from; frame < curve.frames; frame++) {
        const time = curve.start + frame / curve.rate;
        const x = (time - start) * scale;
        context.lineTo(x, y(curve.at(time)));
        if (x > width) break;
      }
    } else {
      for (let x = first; x < last; x++) {
        let low = Infinity;
        let high = -Infinity;
        for (let k = 0; k <= Math.ceil(perColumn); k++) {
          const value = curve.at(start + (x + k / Math.ceil(perColumn)) / scale);
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
        context.lineTo(x, y(low));
        context.lineTo(x, y(high));
      }
    }
    context.lineJoin = "round";
    context.lineWidth = index ? 1.6 : 1.8;
    context.strokeStyle = this.area ? colors.difference : index ? colors.other : colors.clip;
    context.setLineDash(index ? [5, 3] : []);
    context.stroke();
    context.setLineDash([]);
    if (this.area) {
      context.lineTo(last, bottom);
      context.lineTo(first, bottom);
      context.globalAlpha = 0.16;
      context.fillStyle = colors.difference;
      context.fill();
      context.globalAlpha = 1;
    }
  }
}

/** Return a number with its unit, as people read it. */
export function format(value, digits, unit) {
  const text = (Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value).toFixed(digits);
  return unit ? `${text} ${unit}` : text;
}
