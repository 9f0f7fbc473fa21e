"use strict";
const { panel, places, trials } = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const SCALE = ["1 bad", "2 poor", "3 fair", "4 good", "5 excellent"];
const QUESTIONS = [
  { name: "preference", text: "Which one do you prefer?", values: ["left", "same", "right"],
    labels: ["1 left", "2 no difference", "3 right"] },
  { name: "naturalness-0", text: "Left: how natural is the face?", labels: SCALE },
  { name: "naturalness-1", text: "Right: how natural is the face?", labels: SCALE },
  { name: "lip_sync-0", text: "Left: how well do the lips fit the sound?", labels: SCALE },
  { name: "lip_sync-1", text: "Right: how well do the lips fit the sound?", labels: SCALE },
];
let rater = 0;
let index = 0;
let marked = 0;
let answers = {}; // by the pair's place: what was chosen for each question, what was played, and whether it was refused

for (const question of QUESTIONS) {
  const field = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = question.text;
  field.append(legend);
  question.labels.forEach((text, place) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: question.name, value: String(place) });
    input.addEventListener("change", () => answer(question, place));
    label.append(input, " " + text);
    field.append(label);
  });
  field.addEventListener("focusin", () => mark(QUESTIONS.indexOf(question)));
  at("questions").append(field);
}

const kept = () => `audio2blend-panel-${panel}-${rater}`;
const current = () => (answers[index] ??= { chosen: {}, played: [0, 0], refused: false });
const done = (one) => one.refused || (QUESTIONS.every((q) => q.name in one.chosen) && one.played.every(Boolean));

function keep() {
  try {
    localStorage.setItem(kept(), JSON.stringify({ index, answers }));
  } catch { // a browser that keeps nothing still rates and saves
    at("hint").textContent = "This browser keeps nothing: finish and save before you close the page.";
  }
}

function begin() {
  try {
    ({ index, answers } = JSON.parse(localStorage.getItem(kept())) ?? { index: 0, answers: {} });
  } catch {
    [index, answers] = [0, {}];
  }
  at("start").hidden = true;
  at("save").hidden = false;
  show();
}

function mark(place) {
  marked = Math.min(Math.max(place, 0), QUESTIONS.length - 1);
  [...at("questions").children].forEach((field, i) => field.classList.toggle("marked", i === marked));
}

function show() {
  const over = index >= trials[rater - 1].length;
  at("trial").hidden = over;
  at("end").hidden = !over;
  at("hint").textContent = "";
  keep();
  if (over) {
    at("left").pause();
    at("right").pause();
    at("save").focus();
    return;
  }
  const one = current();
  tick();
  at("progress").textContent = `Pair ${index + 1} of ${trials[rater - 1].length}`;
  trials[rater - 1][index].forEach((name, side) => { at(side ? "right" : "left").src = places[name]; });
  for (const input of at("questions").querySelectorAll("input")) {
    input.checked = one.chosen[input.name] === Number(input.value);
  }
  document.activeElement?.blur();
  mark(Math.max(QUESTIONS.findIndex((q) => !(q.name in one.chosen)), 0));
}

function tick() {
  ["left", "right"].forEach((id, side) => at(`play-${id}`).classList.toggle("played", current().played[side] > 0));
}

function answer(question, place) {
  const one = current();
  one.chosen[question.name] = place;
  one.refused = false;
  for (const input of at("questions").querySelectorAll(`[name="${question.name}"]`)) {
    input.checked = Number(input.value) === place;
  }
  keep();
}

function play(side) {
  at(side ? "left" : "right").pause();
  const video = at(side ? "right" : "left");
  video.currentTime = 0;
  video.play().catch(() => { at("hint").textContent = "This video does not play here; say that you cannot rate the pair."; });
}

["left", "right"].forEach((id, side) => {
  at(id).addEventListener("ended", () => { current().played[side] += 1; keep(); tick(); });
  at(`play-${id}`).addEventListener("click", () => play(side));
});

function next() {
  const one = current();
  if (done(one)) {
    index += 1;
    show();
  } else if (!one.played.every(Boolean)) {
    at("hint").textContent = "Play both videos to the end first.";
  } else {
    at("hint").textContent = "Answer all five questions first.";
    mark(QUESTIONS.findIndex((q) => !(q.name in one.chosen)));
  }
}

function back() {
  index = Math.max(index - 1, 0);
  show();
}

function save() {
  const ratings = trials[rater - 1].map(([left, right], place) => {
    const one = answers[place];
    if (one?.refused) return { left, right, refused: true };
    if (!one || !done(one)) return { left, right, preference: null };
    const score = (name) => [one.chosen[`${name}-0`] + 1, one.chosen[`${name}-1`] + 1];
    return {
      left, right, preference: QUESTIONS[0].values[one.chosen.preference],
      naturalness: score("naturalness"), lip_sync: score("lip_sync"), played: one.played,
    };
  });
  const text = JSON.stringify({ format: "audio2blend panel ratings 1", panel, rater, ratings }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `ratings-${rater}.json`;
  link.click();
}

at("start").addEventListener("submit", (event) => {
  event.preventDefault();
  rater = Number(at("rater").value);
  if (trials[rater - 1]) begin();
});
at("questions").addEventListener("submit", (event) => event.preventDefault());
at("next").addEventListener("click", next);
at("back").addEventListener("click", back);
at("save").addEventListener("click", save);
at("refuse").addEventListener("click", () => { current().refused = true; index += 1; show(); });

document.addEventListener("keydown", (event) => {
  if (!rater || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (key === "s") return save();
  if (at("trial").hidden) {
    if (key === "backspace") back();
    return;
  }
  const question = QUESTIONS[marked];
  const on = document.activeElement?.tagName === "BUTTON" && key === "enter"; // the button's own
  if (key === "q") play(0);
  else if (key === "p") play(1);
  else if (key === "backspace") back();
  else if (key === "enter" && !on) { event.preventDefault(); next(); }
  else if (/^[1-9]$/.test(key) && Number(key) <= question.labels.length) {
    answer(question, Number(key) - 1);
    mark(marked + 1);
  }
});
at("rater").focus();
document.documentElement.dataset.state = "ready";
