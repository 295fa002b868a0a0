// One phone: asks for the state when told that something changed, and does what its owner does.
import { bubble, isInvoice, keys, make, nameOf, summary } from "/page/bubble.js";
import { purse } from "/page/pay.js";

const $ = (id) => document.getElementById(id);
let state = null;
let replying = null;
let editing = null;
const waiting = new Map();
const nodes = new Map();

async function act(body) {
  const response = await fetch("/phone/act", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    tell(`That did not work: ${answer.error ?? response.status}`);
    throw new Error(answer.error);
  }
  await refresh();
  return answer;
}
const quietly = (promise) => promise.catch(() => {});

let noticeTimer = 0;
function tell(text) {
  $("notice").textContent = text;
  $("notice").hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { $("notice").hidden = true; }, 5000);
}

const say = (text) => quietly(act({ act: "text", text }));

function jump(id) {
  const node = nodes.get(id)?.node;
  node?.scrollIntoView({ block: "center" });
  node?.focus();
}

function warn(text) {
  $("alert-text").textContent = text;
  $("alert").showModal();
}

async function press(message, key, button) {
  if (key.is_pay) {
    const { receipt } = message.invoice;
    if (receipt) jump(receipt);
    else pay({ message_id: message.id });
    return;
  }
  if (isInvoice(key.url)) { pay({ link: key.url }); return; }
  if (key.url) {
    if (/^https?:/.test(key.url)) window.open(key.url, "_blank", "noreferrer");
    return;
  }
  if (key.data === null) { tell("This phone cannot use that button."); return; }
  button.dataset.busy = "";
  try {
    const { callback_id: id } = await act({ act: "press", message_id: message.id, data: key.data });
    waiting.set(id, button);
    showAnswers();
  } catch { delete button.dataset.busy; }
}

function showAnswers() {
  for (const [id, button] of waiting) {
    const answer = state.answers[id];
    if (!answer) continue;
    waiting.delete(id);
    delete button.dataset.busy;
    if (answer.text && answer.show_alert) warn(answer.text);
    else if (answer.text) tell(answer.text);
  }
}

// Menus: opened by their button, closed by Escape, by a click elsewhere or by a choice.
let open = null;
function close(refocus) {
  if (!open) return;
  open.menu.hidden = true;
  open.button.setAttribute("aria-expanded", "false");
  if (open.isOwn) open.menu.remove();
  if (refocus) (open.isOwn ? open.button.closest("article") : open.button).focus();
  open = null;
}
function toggle(menu, button, isOwn = false) {
  const wasOpen = open?.button === button;
  close(false);
  if (wasOpen) { if (isOwn) menu.remove(); return; }
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  open = { menu, button, isOwn };
  menu.querySelector("button:not(:disabled)")?.focus();
  if (isOwn) menu.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (!open) return;
  if (event.key === "Escape") { event.preventDefault(); close(true); return; }
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...open.menu.querySelectorAll("button:not(:disabled)")];
  event.stopPropagation();
  items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
});
document.addEventListener("click", (event) => {
  if (open && !open.menu.contains(event.target) && !open.button.contains(event.target)) close(false);
});

function item(text, run, ...before) {
  const button = make("button", { type: "button", role: "menuitem" }, ...before, text);
  button.addEventListener("click", () => { close(true); run(); });
  return button;
}

const wallet = purse({ act, item, tell, warn, state: () => state });
const pay = (what) => quietly(wallet.ask(what));
const payment = (charge) => state.payments.find((known) => known.charge === charge);

function compose(kind, message) {
  replying = kind === "reply" ? message : null;
  editing = kind === "edit" ? message : null;
  $("reply-bar").hidden = !kind;
  if (kind) $("reply-text").textContent = `${kind === "reply" ? "Reply to" : "Edit"}: ${summary(message)}`;
  if (kind === "edit") $("text").value = message.text;
  if (kind) $("text").focus();
  fit();
}

function messageMenu(message, article, button) {
  const menu = make("div", { class: "popup", role: "menu", "aria-label": "Message actions", hidden: "" });
  const emoji = make("div", { class: "emoji" });
  for (const sign of ["👍", "❤", "😁", "👎"]) {
    const next = message.own_reaction === sign ? null : sign;
    const choice = item(`${sign}\ufe0f`, () => quietly(act({ act: "react", message_id: message.id, emoji: next })));
    choice.setAttribute("aria-label", next ? `React with ${sign}` : `Take ${sign} back`);
    emoji.append(choice);
  }
  menu.append(emoji, item("Reply", () => compose("reply", message)));
  menu.append(item("Forward to this chat", () =>
    quietly(act({ act: "forward", from: state.person.id, message_id: message.id }).then(toEnd))));
  if (!message.from_bot && message.kind === "text") menu.append(item("Edit", () => compose("edit", message)));
  menu.append(item("Delete for both", () => quietly(act({ act: "delete", message_id: message.id }))));
  article.append(menu);
  toggle(menu, button, true);
}

// The log stays at its end while its owner has not scrolled up, also when it shrinks.
let isPinned = true;
function toEnd() {
  isPinned = true;
  $("log").scrollTop = $("log").scrollHeight;
}
$("log").addEventListener("scroll", () => {
  const log = $("log");
  isPinned = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
});
// One tab stop for all messages: arrows move, Enter opens the actions.
$("log").addEventListener("keydown", (event) => {
  const here = event.target.closest("article");
  if (open || (event.target !== $("log") && event.target !== here)) return;
  const articles = [...$("log").querySelectorAll("article")];
  if (event.key === "Enter" && here) {
    event.preventDefault();
    here.querySelector(".more")?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !articles.length) return;
  event.preventDefault();
  event.stopPropagation();
  const to = here ? articles.indexOf(here) + step : articles.length - 1;
  articles[Math.min(Math.max(to, 0), articles.length - 1)].focus();
});
new ResizeObserver(() => { if (isPinned) toEnd(); }).observe($("log"));

function showMessages() {
  const log = $("log");
  const find = (id) => state.messages.find((message) => message.id === id);
  const hands = { say, press, pay, payment, jump, menu: messageMenu };
  const alive = new Set();
  let previous = null;
  let day = "";
  for (const message of state.messages) {
    alive.add(message.id);
    let known = nodes.get(message.id);
    const date = new Date(message.date * 1000).toDateString();
    if (!known || known.version !== message.version) {
      const node = bubble(message, hands, find);
      known?.node.replaceWith(node);
      known = { node, version: message.version };
      nodes.set(message.id, known);
    }
    if (date !== day) {
      day = date;
      const label = date === new Date().toDateString() ? "Today" : new Date(message.date * 1000).toLocaleDateString();
      let mark = log.querySelector(`.day[data-day="${date}"]`);
      mark ??= make("span", { class: "day", "data-day": date }, label);
      if (mark.previousElementSibling !== previous || mark.parentElement !== log) log.insertBefore(mark, previous ? previous.nextSibling : log.firstChild);
      previous = mark;
    }
    if (known.node.previousElementSibling !== previous || known.node.parentElement !== log) {
      log.insertBefore(known.node, previous ? previous.nextSibling : log.firstChild);
    }
    previous = known.node;
  }
  for (const [id, { node }] of nodes) {
    if (!alive.has(id)) { node.remove(); nodes.delete(id); }
  }
  log.querySelector(".empty")?.remove();
  if (!state.messages.length) {
    log.querySelectorAll(".day").forEach((mark) => mark.remove());
    log.append(make("p", { class: "empty" }, state.bot.description ?? "No messages yet.\nPress Start to open the chat."));
  }
  if (isPinned) toEnd();
}

const DOING = { typing: "is typing …", choose_sticker: "is choosing a sticker …", find_location: "is looking for a place …" };

function show() {
  const { person, bot } = state;
  document.title = `${person.first_name}'s phone`;
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  $("owner").textContent = [name, person.language_code].filter(Boolean).join(" · ");
  $("owner-avatar").textContent = [...person.first_name][0] ?? "?";
  $("owner-avatar").style.background = `hsl(${person.hue} 55% 38%)`;
  $("bot").textContent = bot.name;
  const doing = state.action ? DOING[state.action] ?? "is sending something …" : "bot";
  if ($("doing").textContent !== doing) $("doing").textContent = doing;
  $("doing").classList.toggle("active", Boolean(state.action));
  showMessages();
  showAnswers();
  wallet.show();
  const isCut = person.standing === "blocked" || person.standing === "deactivated";
  const isFresh = !isCut && !state.messages.length;
  $("composer").hidden = isCut || isFresh;
  $("start").hidden = !(isCut || isFresh) || person.standing === "deactivated";
  $("start").firstElementChild.textContent = isCut ? "Unblock and restart" : "Start";
  $("stand").textContent = isCut ? "Unblock the bot" : "Block the bot";
  $("stand").disabled = $("gone").disabled = person.standing === "deactivated";
  if (person.standing === "deactivated") tell("This account was deleted.");
  const rows = JSON.stringify(state.keyboard.rows);
  const board = $("keyboard");
  board.hidden = isCut || isFresh || !state.keyboard.rows.length || board.dataset.used === rows;
  if (board.dataset.rows !== rows) {
    board.dataset.rows = rows;
    board.replaceChildren(keys(state.keyboard.rows, (key) => {
      if (state.keyboard.is_one_time) board.dataset.used = rows;
      say(key.text);
    }));
  }
  $("text").placeholder = state.keyboard.placeholder ?? "Message";
  $("commands-button").hidden = !state.commands.length;
}

let isAsking = false;
let isStale = false;
async function refresh() {
  if (isAsking) { isStale = true; return; }
  isAsking = true;
  try {
    const response = await fetch("/phone/state");
    const answer = await response.json();
    if (!response.ok) { tell(answer.error); return; }
    state = answer;
    show();
    if (state.action) setTimeout(refresh, 1500);
  } catch {
    tell("The sandbox does not answer.");
  } finally {
    isAsking = false;
    if (isStale) { isStale = false; await refresh(); }
  }
}

function fit() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 120)}px`;
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  const body = editing ? { act: "edit", message_id: editing.id, text } : { act: "text", text, reply_to: replying?.id };
  quietly(act(body).then(() => { $("text").value = ""; compose(null); toEnd(); }));
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("composer").requestSubmit(); }
});
$("text").addEventListener("input", fit);
$("reply-cancel").addEventListener("click", () => { if (editing) $("text").value = ""; compose(null); });
$("menu-button").addEventListener("click", () => {
  if ($("menu").hidden) wallet.fill($("menu"));
  toggle($("menu"), $("menu-button"));
});
$("stand").addEventListener("click", () => {
  close(true);
  const standing = state.person.standing === "blocked" ? "open" : "blocked";
  quietly(act({ act: "stand", standing }));
});
$("gone").addEventListener("click", () => { close(true); quietly(act({ act: "stand", standing: "deactivated" })); });
$("start").addEventListener("click", async () => {
  try {
    if (state.person.standing === "blocked") await act({ act: "stand", standing: "open" });
    await act({ act: "text", text: "/start" });
    $("text").focus();
  } catch { /* told already */ }
});
$("commands-button").addEventListener("click", () => {
  $("commands").replaceChildren(...state.commands.map(({ command, description }) =>
    item("", () => say(`/${command}`), make("span", {}, `/${command} `, make("small", {}, description)))));
  toggle($("commands"), $("commands-button"));
});
const HERE = { latitude: 28.6139, longitude: 77.209 };
const OTHERS = [
  ["📍 Location", () => ({ kind: "location", ...HERE })],
  ["📍 Live location", () => ({ kind: "location", ...HERE, live_period: 900 })],
  ["📍 Place", () => ({ kind: "venue", title: "Café", address: "Main Street 1" })],
  ["☎ Contact", () => ({ kind: "contact", phone_number: "+10000000000", first_name: "Someone" })],
  ["☎ My own contact", () => ({ kind: "own_contact" })],
  ["⚄ Dice", () => ({ kind: "dice", value: 1 + Math.floor(Math.random() * 6) })],
  ["☰ Poll", () => ({ kind: "poll", question: "Tea or coffee?", options: ["Tea", "Coffee"], is_anonymous: true })],
];
$("attach-button").addEventListener("click", () => {
  const send = (body) => quietly(act({ act: "media", ...body }).then(toEnd));
  const reply = () => { const id = replying?.id; compose(null); return id; };
  const files = state.files.map(({ kind, name }) => item(`${nameOf(kind)}: ${name}`,
    () => send({ media: { kind }, options: { asset: name, reply_to: reply() } }),
    make("img", { src: `/page/${name}.svg`, alt: "" })));
  const others = OTHERS.map(([label, media]) => item(label, () => send({ media: media(), options: { reply_to: reply() } })));
  $("attach").replaceChildren(...files, ...others);
  toggle($("attach"), $("attach-button"));
});

function tick() {
  $("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
tick();
setInterval(tick, 10_000);
await refresh();
toEnd();
const events = new EventSource("/phone/events");
events.addEventListener("message", refresh);
events.addEventListener("open", refresh);
