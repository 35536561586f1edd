// The first page: open alerts, live. Speaks SignalR's JSON protocol over a plain WebSocket:
// text frames of JSON messages, each ended by 0x1E; type 1 invocation, 3 completion, 6 ping, 7 close.
"use strict";

const END = "\u001e";
const ROWS_MAX = 200;               // More rows than a person reads; the rest is counted below the list.
const SILENCE_MS = 45_000;          // The server pings every 15 s.
const RANK = { red: 4, orange: 3, yellow: 2, blue: 1 };
const $ = id => document.getElementById(id);

let texts, language, socket, retryTimer, calls = 0, delay = 1000, clockOffset = 0, heardAt = 0, dirty = true;
let alerts = new Map();             // id → newest view, closed ones too until the next snapshot.
let early = null;                    // Views that came while a snapshot was on its way: it may be older than they are.
let counts = { sensors: 0, reporting: 0, newestReading: null };

const say = (key, ...values) => (texts[language][key] ?? key).replace(/\{(\d)\}/g, (_, i) => values[i]);
const now = () => Date.now() + clockOffset;
const token = () => sessionStorage.getItem("token");

function timeText(ms) {
  return new Date(ms).toLocaleTimeString(language, { hour12: false, timeZone: "Asia/Shanghai" });
}

function ageText(iso) {
  const seconds = Math.max(0, Math.round((now() - Date.parse(iso)) / 1000));
  if (seconds < 60) return say("age.seconds", seconds);
  if (seconds < 3600) return say("age.minutes", Math.floor(seconds / 60));
  if (seconds < 86_400) return say("age.hours", Math.floor(seconds / 3600), Math.floor(seconds % 3600 / 60));
  return say("age.days", Math.floor(seconds / 86_400), Math.floor(seconds % 86_400 / 3600));
}

function speak(chosen) {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  document.title = say("title");
  $("language").textContent = say("other-language");
  dirty = true;
}

function connection(state) {
  $("connection").textContent = say(`connection.${state}`);
  $("connection").className = `connection ${state}`;
}

async function enter() {
  clearTimeout(retryTimer);
  if (!token()) return ask("");
  connection("connecting");
  try {
    // A WebSocket does not tell a wrong token from a server that is away; this does.
    const answer = await fetch("/api/v1/alerts/summary", { headers: { Authorization: `Bearer ${token()}` } });
    if (answer.status === 401 || answer.status === 403) return ask("token-refused");
    if (!answer.ok) return again();
  } catch {
    return again();
  }
  $("login").hidden = true;
  $("city").hidden = $("leave").hidden = false;
  open();
}

function ask(problem) {
  sessionStorage.removeItem("token");
  $("city").hidden = $("leave").hidden = true;
  $("login").hidden = false;
  $("problem").textContent = problem ? say(problem) : "";
  $("connection").textContent = "";
  $("connection").className = "connection";
  $("token").focus();
}

function again() {
  connection("lost");
  retryTimer = setTimeout(enter, delay);
  delay = Math.min(delay * 2, 15_000);
}

function open() {
  const address = new URL("/hubs/wall", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URLSearchParams({ lang: language, access_token: token() });
  const mine = socket = new WebSocket(address);
  let rest = "";
  mine.onopen = () => {
    heardAt = Date.now();
    mine.send(`{"protocol":"json","version":1}${END}`);
    snapshot();
  };
  mine.onmessage = event => {
    if (mine !== socket) return;
    heardAt = Date.now();
    const parts = (rest + event.data).split(END);
    rest = parts.pop();
    for (const part of parts) take(JSON.parse(part));
  };
  mine.onclose = () => { if (mine === socket) { socket = null; again(); } };
}

function close() {
  const closing = socket;
  socket = null;
  closing?.close();
}

function snapshot() {
  early = [];
  socket.send(JSON.stringify({ type: 1, invocationId: String(++calls), target: "Snapshot", arguments: [] }) + END);
}

function take(message) {
  if (message.error) { socket.close(); return; }
  if (message.type === 3) { if (message.invocationId === String(calls)) begin(message.result); }
  else if (message.type === 7) socket.close();
  else if (message.type !== 1) return;
  else if (message.target === "alert") { early?.push(message.arguments[0]); keep(message.arguments[0]); }
  else if (message.target === "readings") newest(message.arguments[0]);
  else if (message.target === "resync") snapshot();
}

function begin(city) {
  clockOffset = Date.parse(city.serverTime) - Date.now();
  counts = city.counts;
  alerts = new Map(city.alerts.map(view => [view.id, view]));
  for (const view of early) keep(view);
  early = null;
  delay = 1000;
  dirty = true;
  connection("live");
}

function keep(view) {
  const known = alerts.get(view.id);
  if (known && known.version >= view.version) return;
  alerts.set(view.id, view);
  dirty = true;
}

function newest(readings) {
  for (const reading of readings) if (reading.ts > (counts.newestReading ?? 0)) { counts.newestReading = reading.ts; dirty = true; }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function quantity(value, unit) {
  return value === null ? "" : `${Number(value.toPrecision(4))} ${unit}`.trim();
}

function row(view) {
  const item = element("li", `${view.severity} ${view.state}`);
  item.append(element("span", "severity", say(`severity.${view.severity}`)));
  const what = element("div", "what");
  const value = quantity(view.value, view.unit);
  what.append(element("strong", "", view.ruleName), " ", element("span", "numbers", value));
  if (view.threshold !== null) what.append(" ", element("span", "numbers state", say("threshold", quantity(view.threshold, view.unit))));
  what.append(element("span", "where", [view.street, view.sensorName].filter(Boolean).join(" · ")));
  item.append(what);
  const since = element("div", "age");
  const age = element("time", "", ageText(view.raisedAt));
  age.dateTime = view.raisedAt;
  const state = view.clearedAt ? say("cleared") : view.acknowledgedBy ? say("acknowledged-by", view.acknowledgedBy) : say("raised");
  since.append(age, element("span", "state", state + (view.assignedTo ? ` → ${view.assignedTo}` : "")));
  item.append(since);
  if (view.state === "raised") {
    const button = element("button", "", say("acknowledge"));
    button.type = "button";
    button.dataset.id = view.id;
    item.append(button);
  } else item.append(element("span"));
  return item;
}

function draw() {
  $("clock").textContent = timeText(now());
  for (const age of document.querySelectorAll("li time")) age.textContent = ageText(age.dateTime);
  if (socket && Date.now() - heardAt > SILENCE_MS) socket.close();
  if (!dirty) return;
  dirty = false;
  const open = [...alerts.values()].filter(view => view.state !== "closed")
    .sort((a, b) => RANK[b.severity] - RANK[a.severity] || Date.parse(b.raisedAt) - Date.parse(a.raisedAt));
  for (const severity of Object.keys(RANK)) $(severity).textContent = open.filter(view => view.severity === severity).length;
  $("unacknowledged").textContent = open.filter(view => view.state === "raised").length;
  $("reporting").textContent = `${counts.reporting} / ${counts.sensors}`;
  $("newest").textContent = counts.newestReading ? timeText(counts.newestReading) : "–";
  const focused = document.activeElement?.dataset?.id;
  $("alerts").replaceChildren(...open.slice(0, ROWS_MAX).map(row));
  if (focused) $("alerts").querySelector(`button[data-id="${focused}"]`)?.focus();
  $("none").hidden = open.length > 0;
  $("more").hidden = open.length <= ROWS_MAX;
  $("more").textContent = say("more", open.length - ROWS_MAX);
}

async function acknowledge(button) {
  button.disabled = true;
  const problem = text => { button.disabled = false; button.title = text; button.textContent = text; };
  try {
    const answer = await fetch(`/api/v1/alerts/${button.dataset.id}/acknowledge`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token()}`, "Content-Type": "application/json", "Accept-Language": language },
      body: "{}",
    });
    if (answer.ok) return;
    if (answer.status === 403) return problem(say("not-allowed"));
    problem((await answer.json().catch(() => ({}))).title ?? say("failed"));
  } catch {
    problem(say("failed"));
  }
}

addEventListener("DOMContentLoaded", async () => {
  texts = await (await fetch("/page/texts.json")).json();
  speak(localStorage.getItem("language") === "en" ? "en" : "zh-CN");
  $("language").onclick = () => {
    speak(language === "en" ? "zh-CN" : "en");
    if (!token()) return;
    close();
    enter();
  };
  $("leave").onclick = () => { close(); clearTimeout(retryTimer); alerts.clear(); ask(""); };
  $("login").onsubmit = event => {
    event.preventDefault();
    sessionStorage.setItem("token", $("token").value.trim());
    $("token").value = "";
    enter();
  };
  $("alerts").onclick = event => { if (event.target.dataset.id) acknowledge(event.target); };
  setInterval(() => { if (socket?.readyState === WebSocket.OPEN) socket.send(`{"type":6}${END}`); }, 15_000);
  setInterval(draw, 250);
  // Figures that nobody pushes (sensors that fell silent) come with a snapshot.
  setInterval(() => { if (socket?.readyState === WebSocket.OPEN) snapshot(); }, 60_000);
  enter();
});
