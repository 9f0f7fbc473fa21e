// The page: reads what it carries, and joins time, character, timeline, channels and words.

import { Channels, limits, unit } from "./channels.js";
import { clips as readClips, page, part, spanAt } from "./data.js";
import { listen } from "./keys.js";
import { CurveLane, SpanLane, WaveLane, format } from "./lanes.js";
import { Player } from "./player.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";
import { Words } from "./words.js";

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const $ = (selector) => document.querySelector(selector);
const say = (text) => ($("#status").textContent = text);

function clock(seconds) {
  const whole = Math.round(seconds * 1000);
  const [minutes, rest] = [Math.floor(whole / 60000), whole % 60000];
  return `${String(minutes).padStart(2, "0")}:${(rest / 1000).toFixed(3).padStart(6, "0")}`;
}

/** A curve of numbers at a constant rate, like a channel of a clip. */
function sampled({ start, rate }, values) {
  const at = (time) => {
    const place = Math.min(Math.max((time - start) * rate, 0), values.length - 1);
    const left = Math.min(Math.floor(place), Math.max(0, values.length - 2));
    const low = values[left];
    return low + ((values[left + 1] ?? low) - low) * (place - left);
  };
  return { at, start, rate, frames: values.length, end: start + values.length / rate };
}

function channelCurve(clip, channel) {
  if (!clip.has(channel)) return null;
  const { start, rate, frames, end } = clip;
  return { at: (time) => clip.at(channel, time), start, rate, frames, end };
}

function channelLane(clips, channel) {
  const angle = unit(channel);
  const [low, high] = limits(clips, channel);
  return new CurveLane({
    label: channel,
    unit: angle,
    digits: angle ? 1 : 3,
    low: angle ? Math.min(-2, low) : low,
    high: Math.max(angle ? 2 : 0.1, high * 1.05),
    curves: clips.map((clip) => channelCurve(clip, channel)),
  });
}

function measuredLane(lane) {
  return new CurveLane({
    ...lane,
    height: 72,
    zones: lane.zones ? page.closings : null,
    curves: lane.curves.map((values) => sampled(lane, values)),
  });
}

function colors() {
  const style = getComputedStyle(document.documentElement);
  const names = [
    "ink", "soft", "line", "grid", "wave", "box", "clip", "other", "difference", "lips", "lipsTint", "closed", "kept",
    "missed", "fail",
  ];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

async function openStage() {
  const message = $("#stage .message");
  let stage = null;
  try {
    stage = new Stage($("#stage canvas"), page.character);
  } catch {
    message.textContent = "This browser shows no 3D here (WebGL is off), so the character is missing.";
    return null;
  }
  try {
    await stage.load(await part("character"));
  } catch (error) {
    message.textContent = `The character cannot be shown: ${error.message}`;
    return null;
  }
  message.hidden = true;
  return stage;
}

async function openSound(player) {
  const bytes = await part("sound");
  if (!bytes) return;
  const audio = new Audio(URL.createObjectURL(new Blob([bytes], { type: page.sound })));
  audio.preload = "auto";
  await new Promise((resolve) => {
    audio.addEventListener("loadedmetadata", resolve, { once: true });
    audio.addEventListener("error", resolve, { once: true });
  });
  if (audio.error) {
    say("This browser cannot play the sound of this page; the face moves without.");
    $("#mute").disabled = true;
    $("#mute").title = "This browser cannot play the sound (WebM Opus)";
    return;
  }
  player.useSound(audio);
}

function describer(clips) {
  return (time) => {
    const parts = [`${time.toFixed(3)} seconds`, `frame ${clips[0].frame(time)}`];
    const word = spanAt(page.words, time);
    const phone = spanAt(page.phones, time);
    if (word) parts.push(`word ${word[0]}`);
    if (phone) parts.push(phone[0] === "sil" ? "silence" : `phone ${phone[0]}`);
    return parts.join(", ");
  };
}

function wireTransport(player, describe, clips) {
  const play = $("#play");
  const loop = $("#loop");
  const speed = $("#speed");
  const mute = $("#mute");
  speed.append(...SPEEDS.map((value) => new Option(`${value} ×`, value)));
  speed.value = 1;
  speed.addEventListener("change", () => (player.speed = Number(speed.value)));
  play.addEventListener("click", () => player.toggle());
  loop.addEventListener("click", () => player.loop(!player.looping));
  $("#back").addEventListener("click", () => player.step(-1));
  $("#on").addEventListener("click", () => player.step(1));
  $("#first").addEventListener("click", () => player.seek(player.range[0]));
  $("#in").addEventListener("click", () => markIn(player));
  $("#out").addEventListener("click", () => markOut(player));
  $("#clear").addEventListener("click", () => player.select(0, 0));
  mute.hidden = !page.sound;
  mute.addEventListener("click", () => {
    if (!player.audio) return;
    player.audio.muted = !player.audio.muted;
    mute.setAttribute("aria-pressed", player.audio.muted);
  });
  const show = () => {
    play.setAttribute("aria-label", player.playing ? "Pause" : "Play");
    play.classList.toggle("playing", player.playing);
    loop.setAttribute("aria-pressed", player.looping);
    $("#clear").disabled = !player.selection;
    if (Number(speed.value) !== player.speed) speed.value = player.speed;
    const chosen = player.selection;
    $("#chosen").textContent = chosen ? `${chosen[0].toFixed(2)} – ${chosen[1].toFixed(2)} s` : "";
  };
  const time = () => {
    $("#time").textContent = clock(player.time);
    $("#frame").textContent = `frame ${clips[0].frame(player.time)}`;
  };
  player.addEventListener("change", show);
  player.addEventListener("time", time);
  let later = 0;
  player.addEventListener("time", () => {
    clearTimeout(later);
    if (!player.playing) later = setTimeout(() => say(describe(player.time)), 350); // after the last of a row of keys
  });
  show();
  time();
}

const markIn = (player) => player.select(player.time, player.selection?.[1] > player.time ? player.selection[1] : player.duration);
const markOut = (player) => player.select(player.selection?.[0] < player.time ? player.selection[0] : 0, player.time);

/** Go to where the word, or else the phone, before or after the present one begins. */
function jump(player, by) {
  const spans = page.words.length ? page.words : page.phones;
  const starts = spans.map((span) => span[1]);
  const { time } = player;
  const to = by > 0 ? starts.find((start) => start > time + 1e-3) : starts.findLast((start) => start < time - 1e-3);
  player.seek(to ?? (by > 0 ? player.duration : 0));
}

function wireKeys(player, timeline) {
  const help = $("#help");
  const single = $("#single");
  const speedBy = (by) => {
    const at = SPEEDS.indexOf(player.speed) + by;
    player.speed = SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)];
    say(`speed ${player.speed}`);
  };
  listen(
    {
      Space: () => player.toggle(),
      k: () => player.toggle(),
      ArrowLeft: () => player.step(-1),
      ArrowRight: () => player.step(1),
      "Shift+ArrowLeft": () => player.step(-10),
      "Shift+ArrowRight": () => player.step(10),
      ArrowUp: () => jump(player, -1),
      ArrowDown: () => jump(player, 1),
      PageUp: () => player.seek(player.time - 1),
      PageDown: () => player.seek(player.time + 1),
      Home: () => player.seek(player.range[0]),
      End: () => player.seek(player.range[1]),
      i: () => markIn(player),
      o: () => markOut(player),
      l: () => player.loop(!player.looping),
      Escape: () => player.select(0, 0),
      m: () => $("#mute").click(),
      "[": () => speedBy(-1),
      "]": () => speedBy(1),
      "+": () => timeline.zoom(1.5),
      "=": () => timeline.zoom(1.5),
      "-": () => timeline.zoom(1 / 1.5),
      0: () => timeline.zoom(0),
      "?": () => help.showModal(),
    },
    () => single.checked,
  );
  $("#ask").addEventListener("click", () => help.showModal());
}

function wireTheme(repaint) {
  const button = $("#theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
    repaint();
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();
}

function wireStage(stage, clips) {
  const both = $("#both");
  if (!stage) {
    $("#stage").classList.add("without");
    return;
  }
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => stage.view(button.dataset.view));
  }
  if (clips.length < 2) return;
  const show = () => {
    const shown = both.getAttribute("aria-pressed") === "true" ? 2 : 1;
    stage.show(shown);
    $("#stage").classList.toggle("two", shown === 2);
  };
  both.hidden = false;
  both.addEventListener("click", () => {
    both.setAttribute("aria-pressed", both.getAttribute("aria-pressed") !== "true");
    show();
  });
  show();
}

async function open() {
  const clips = await readClips();
  const player = new Player(page.duration, clips[0].rate);
  const describe = describer(clips);
  const [stage] = await Promise.all([openStage(), openSound(player)]);
  const timeline = new Timeline($("#timeline"), player, { describe });
  const channels = new Channels($("#channels"), clips, page.chosen, page.differences);
  const words = page.words.length ? new Words($("#words p"), page.words, player) : null;

  const fixed = [];
  if (page.wave) {
    const peaks = Uint8Array.from(atob(page.wave.peaks), (letter) => letter.charCodeAt(0));
    fixed.push(new WaveLane({ rate: page.wave.rate, peaks: new Int8Array(peaks.buffer) }));
  }
  const timed = page.words.filter((word) => word[2] > word[1]);
  if (timed.length) fixed.push(new SpanLane("Words", "words", timed));
  if (page.phones.length) fixed.push(new SpanLane("Phones", "phones", page.phones));
  fixed.push(...page.lanes.map(measuredLane));
  const lanes = () => {
    const chosen = channels.rows.map((row) => row.name).filter((name) => channels.chosen.has(name));
    timeline.show([...fixed, ...chosen.map((name) => channelLane(clips, name))]);
  };

  wireTransport(player, describe, clips);
  wireKeys(player, timeline);
  wireStage(stage, clips);
  wireTheme(() => {
    timeline.colors = colors();
    timeline.draw();
  });
  lanes();
  channels.addEventListener("change", lanes);
  $("#closer").addEventListener("click", () => timeline.zoom(1.5));
  $("#wider").addEventListener("click", () => timeline.zoom(1 / 1.5));
  $("#whole").addEventListener("click", () => timeline.zoom(0));
  timeline.addEventListener("pick", ({ detail: time }) => {
    const span = spanAt(page.words, time) ?? spanAt(page.phones, time);
    if (!span) return;
    player.select(span[1], span[2]);
    player.loop(true);
  });

  const move = () => {
    const { time } = player;
    stage?.seek(time);
    channels.move(time);
    words?.move(time);
    timeline.move();
    timeline.reveal(time);
  };
  player.addEventListener("time", move);
  player.addEventListener("change", () => timeline.move());
  new ResizeObserver(() => {
    timeline.layout();
    stage?.resize();
  }).observe(document.body);
  if (stage) new ResizeObserver(() => stage.resize()).observe($("#stage canvas"));
  move();
  document.documentElement.dataset.state = "ready";
  return { player, stage, timeline, clips, format };
}

/** For scripts and tests: resolves to the parts of the page once all is there. */
window.audio2blend = open();
