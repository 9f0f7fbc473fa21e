// The keyboard: single keys, which can be switched off, wherever no field or button takes them itself.

const TAKES_TEXT = "input:not([type=checkbox]), select, textarea";
const TAKES_SPACE = "button, summary, a, input[type=checkbox]";

/** Call `actions[key]`, such as "Shift+ArrowLeft", when it is pressed while `enabled()`. */
export function listen(actions, enabled) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const { target } = event;
    if (!(target instanceof Element) || target.closest(TAKES_TEXT)) return;
    const name = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((name === "Space" || name === "Enter") && target.closest(TAKES_SPACE)) return;
    const action = (event.shiftKey && actions[`Shift+${name}`]) || actions[name];
    if (!action || (!enabled() && !target.closest("[role=slider]"))) return;
    event.preventDefault();
    action();
  });
}
