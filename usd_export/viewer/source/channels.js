// The list of channels: which are drawn, and what each shows now.

import { format } from "./lanes.js";

const DEGREES = /(Yaw|Pitch|Roll)$/;

/** What a channel is measured in. */
export function unit(channel) {
  return DEGREES.test(channel) ? "°" : "";
}

/** Return the least and the greatest value of a channel over all clips, with 0 among them. */
export function limits(clips, channel) {
  let low = 0;
  let high = 0;
  for (const clip of clips) {
    const column = clip.columns.get(channel);
    if (column === undefined) continue;
    for (let at = column; at < clip.values.length; at += clip.channels.length) {
      low = Math.min(low, clip.values[at]);
      high = Math.max(high, clip.values[at]);
    }
  }
  return [low, high];
}

export class Channels extends EventTarget {
  /** `differences` is how far two clips are apart, by channel, or null. */
  constructor(root, clips, chosen, differences) {
    super();
    this.clips = clips;
    this.chosen = new Set(chosen);
    const names = [...new Set(clips.flatMap((clip) => clip.channels))];
    this.list = root.querySelector("ul");
    this.empty = root.querySelector(".empty");
    this.rows = names.map((name) => this._row(name, differences));
    const search = root.querySelector("input[type=search]");
    search.addEventListener("input", () => this._filter(search.value));
    const order = root.querySelector("select");
    if (!differences) order.querySelector("[value=difference]").remove();
    order.addEventListener("change", () => this._sort(order.value));
    order.value = differences ? "difference" : "movement";
    this._sort(order.value);
  }

  _row(name, differences) {
    const [low, high] = limits(this.clips, name);
    const angle = unit(name);
    const reach = angle ? Math.max(10, -low, high) : Math.max(1, high);
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = this.chosen.has(name);
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(name);
      else this.chosen.delete(name);
      this.dispatchEvent(new Event("change"));
    });
    const label = document.createElement("label");
    const text = document.createElement("span");
    text.className = "name";
    text.textContent = name;
    label.append(box, text);
    const bars = document.createElement("span");
    bars.className = angle ? "bars angle" : "bars";
    bars.setAttribute("aria-hidden", "true");
    const meters = this.clips.map(() => bars.appendChild(document.createElement("i")));
    const value = document.createElement("span");
    value.className = "value";
    const item = document.createElement("li");
    item.append(label, bars, value);
    const row = { name, item, box, meters, value, reach, angle, range: high - low, last: "" };
    row.difference = differences ? (differences[name] ?? 0) : 0;
    if (differences) item.title = `RMS difference ${format(row.difference, 3, angle)}`;
    return row;
  }

  _filter(text) {
    const wanted = text.trim().toLowerCase();
    let found = 0;
    for (const { item, name } of this.rows) {
      item.hidden = !name.toLowerCase().includes(wanted);
      found += item.hidden ? 0 : 1;
    }
    this.empty.hidden = found > 0;
  }

  _sort(by) {
    const scaled = (row) => (row.angle ? row.range / 30 : row.range); // 30° count like a whole shape
    const apart = (row) => (row.angle ? row.difference / 30 : row.difference);
    const rows = [...this.rows];
    if (by === "movement") rows.sort((a, b) => scaled(b) - scaled(a));
    else if (by === "difference") rows.sort((a, b) => apart(b) - apart(a));
    else if (by === "name") rows.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.list.replaceChildren(...rows.map((row) => row.item));
  }

  /** Show what the channels are at a time. */
  move(time) {
    for (const row of this.rows) {
      if (row.item.hidden) continue;
      row.meters.forEach((meter, index) => {
        const value = this.clips[index].at(row.name, time);
        meter.style.transform = `scaleX(${Math.max(-1, Math.min(1, value / row.reach)).toFixed(3)})`;
        if (index) return;
        const text = format(value, row.angle ? 1 : 2, row.angle);
        if (text !== row.last) row.value.textContent = row.last = text;
      });
    }
  }
}
