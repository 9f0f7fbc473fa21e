// The transcript: a button for each word, which goes to where it is said.

import { lastBegun, spanAt } from "./data.js";

export class Words {
  constructor(root, words, player) {
    this.words = words;
    this.player = player;
    this._at = -1;
    this.buttons = words.map(([text, start, end, sure, found]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      if (!found) button.className = "missing";
      else if (sure < 0.5) button.className = "unsure";
      button.title = found ? `${start.toFixed(2)} to ${end.toFixed(2)} s` : "not detected in the sound";
      button.addEventListener("click", () => player.seek(start));
      return button;
    });
    root.replaceChildren(...this.buttons.flatMap((button) => [button, " "]));
  }

  /** Mark the word that is said at a time. */
  move(time) {
    const span = spanAt(this.words, time);
    const at = span ? this.words.indexOf(span, Math.max(0, lastBegun(this.words, time))) : -1;
    if (at === this._at) return;
    this.buttons[this._at]?.removeAttribute("aria-current");
    this.buttons[at]?.setAttribute("aria-current", "true");
    this._at = at;
  }
}
