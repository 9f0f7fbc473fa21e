// The timeline: lanes over time, which scroll and zoom, with a playhead that is a slider and a selection to loop.

const GUTTER = 132;
const GUTTER_NARROW = 96;
const RULER = 26;
const MOST = 4000; // pixels a second
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

export class Timeline extends EventTarget {
  constructor(root, player, { describe }) {
    super();
    this.root = root;
    this.player = player;
    this.describe = describe;
    this.lanes = [];
    this.colors = {};
    const find = (name) => root.querySelector(`.${name}`);
    this.scroller = find("scroll");
    this.inner = find("inner");
    this.ruler = find("ruler");
    this.body = find("lanes");
    this.labels = find("labels");
    this.playhead = find("playhead");
    this.selection = find("selection");
    this.scale = 100; // pixels a second
    this._fitted = true;
    this._listen();
  }

  get gutter() {
    return this.root.clientWidth < 640 ? GUTTER_NARROW : GUTTER;
  }

  /** Pixels of time that are seen. */
  get room() {
    return Math.max(40, this.scroller.clientWidth - this.gutter);
  }

  /** The first second that is seen. */
  get start() {
    return this.scroller.scrollLeft / this.scale;
  }

  /** Show these lanes. */
  show(lanes) {
    this.lanes = lanes;
    this.labels.replaceChildren(
      ...lanes.map((lane) => {
        const label = document.createElement("div");
        label.className = `label ${lane.kind}`;
        label.style.height = `${lane.height}px`;
        const name = document.createElement("span");
        name.className = "what";
        name.textContent = lane.label;
        name.title = lane.about || lane.label;
        const values = document.createElement("span");
        values.className = "values";
        label.append(name, values);
        lane.values = values;
        return label;
      }),
    );
    this.layout();
  }

  /** Lay out for the present size. */
  layout() {
    if (this._fitted) this.scale = this._fit();
    const height = this.lanes.reduce((sum, lane) => sum + lane.height, 0);
    this.root.style.setProperty("--gutter", `${this.gutter}px`);
    this.inner.style.width = `${this.gutter + Math.ceil(this.player.duration * this.scale)}px`;
    this.inner.style.height = `${RULER + height}px`;
    size(this.ruler, this.room, RULER);
    size(this.body, this.room, height);
    this.draw();
    this.move();
  }

  _fit() {
    return Math.min(MOST, (this.room - 1) / this.player.duration);
  }

  /** Zoom by a factor around a time, by default that of the playhead; 0 shows all. */
  zoom(factor, around = this.player.time) {
    const whole = this._fit();
    const before = (around - this.start) * this.scale;
    const at = before >= 0 && before <= this.room ? before : this.room / 2;
    this.scale = factor ? Math.min(MOST, Math.max(whole, this.scale * factor)) : whole;
    this._fitted = this.scale <= whole * 1.0001;
    this.layout();
    this.scroller.scrollLeft = around * this.scale - at;
    this.draw();
    this.move();
  }

  /** Bring a time into view. */
  reveal(time) {
    const x = (time - this.start) * this.scale;
    if (x < 0 || x > this.room - 4) this.scroller.scrollLeft = time * this.scale - this.room * 0.12;
  }

  draw() {
    const { start, scale, colors } = this;
    const family = getComputedStyle(this.root).fontFamily;
    const view = { width: this.room, start, end: start + this.room / scale, scale, colors, family };
    this._drawRuler(view);
    const context = clear(this.body);
    this._drawGrid(context, view);
    for (const lane of this.lanes) {
      context.save();
      context.beginPath();
      context.rect(0, 0, this.room, lane.height);
      context.clip();
      lane.draw(context, { ...view, height: lane.height });
      context.restore();
      context.translate(0, lane.height);
      context.fillStyle = colors.line;
      context.fillRect(0, -1, this.room, 1);
    }
  }

  _ticks({ start, end, scale }, least) {
    const step = STEPS.find((one) => one * scale >= least) || STEPS.at(-1);
    const out = [];
    for (let k = Math.ceil(start / step - 1e-6); k * step <= end; k++) out.push(k * step);
    return [out, step];
  }

  _drawRuler(view) {
    const context = clear(this.ruler);
    const [ticks, step] = this._ticks(view, 74);
    context.font = `11px ${view.family}`;
    context.textBaseline = "middle";
    for (const time of ticks) {
      const x = Math.round((time - view.start) * view.scale);
      context.fillStyle = this.colors.line;
      context.fillRect(x, 6, 1, RULER);
      context.fillStyle = this.colors.soft;
      const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
      const minutes = Math.floor(time / 60 + 1e-9);
      const rest = (time - 60 * minutes).toFixed(digits);
      const text = minutes ? `${minutes}:${rest.padStart(digits ? digits + 3 : 2, "0")}` : `${rest} s`;
      context.fillText(text, x + 5, RULER / 2 + 1);
    }
  }

  _drawGrid(context, view) {
    const height = this.lanes.reduce((sum, lane) => sum + lane.height, 0);
    context.fillStyle = this.colors.grid;
    for (const time of this._ticks(view, 74)[0]) {
      context.fillRect(Math.round((time - view.start) * view.scale), 0, 1, height);
    }
  }

  /** Put the playhead and the selection where they are. */
  move() {
    const { player, scale, gutter } = this;
    this.playhead.style.transform = `translateX(${gutter + player.time * scale}px)`;
    this.playhead.setAttribute("aria-valuenow", player.time.toFixed(3));
    if (!player.playing) this.playhead.setAttribute("aria-valuetext", this.describe(player.time));
    const chosen = player.selection;
    this.selection.hidden = !chosen;
    if (chosen) {
      this.selection.style.transform = `translateX(${gutter + chosen[0] * scale}px)`;
      this.selection.style.width = `${(chosen[1] - chosen[0]) * scale}px`;
      this.selection.classList.toggle("looping", player.looping);
    }
    for (const lane of this.lanes) {
      if (!lane.texts) continue;
      const texts = lane.texts(player.time);
      if (lane.values.childElementCount !== texts.length) {
        lane.values.replaceChildren(...texts.map(() => document.createElement("span")));
      }
      texts.forEach((text, index) => {
        const shown = lane.values.children[index];
        if (shown.textContent !== (text ?? "")) shown.textContent = text ?? "";
      });
    }
  }

  _timeAt(event) {
    const left = this.scroller.getBoundingClientRect().left + this.gutter;
    return Math.min(Math.max(this.start + (event.clientX - left) / this.scale, 0), this.player.duration);
  }

  _listen() {
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    this.scroller.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY / 300), this._timeAt(event));
      },
      { passive: false },
    );
    let from = null; // where a selection began
    let scrubbing = false;
    const down = (event, selects) => {
      if (event.button) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      const time = this._timeAt(event);
      if (selects || event.shiftKey) {
        from = event.shiftKey && !selects ? this.player.time : time;
        this.player.select(from, time);
      } else {
        scrubbing = true;
        this.player.seek(time);
      }
    };
    const drag = (event) => {
      const time = this._timeAt(event);
      if (scrubbing) this.player.seek(time);
      else if (from !== null) this.player.select(from, time);
    };
    const up = (event) => {
      if (from !== null) {
        if (this.player.selection) this.player.loop(true);
        else this.player.seek(this._timeAt(event));
      }
      from = null;
      scrubbing = false;
    };
    for (const [canvas, selects] of [[this.body, false], [this.ruler, true]]) {
      canvas.addEventListener("pointerdown", (event) => down(event, selects));
      canvas.addEventListener("pointermove", drag);
      canvas.addEventListener("pointerup", up);
      canvas.addEventListener("pointercancel", up);
    }
    this.body.addEventListener("dblclick", (event) => {
      const time = this._timeAt(event);
      this.dispatchEvent(new CustomEvent("pick", { detail: time }));
    });
    this.playhead.addEventListener("pointerdown", (event) => {
      this.playhead.setPointerCapture(event.pointerId);
      scrubbing = true;
    });
    this.playhead.addEventListener("pointermove", drag);
    this.playhead.addEventListener("pointerup", up);
  }
}

function size(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
}

function clear(canvas) {
  const context = canvas.getContext("2d");
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  return context;
}
