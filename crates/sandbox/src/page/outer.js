// The page around the phones: who is shown, what is broken on purpose.
const $ = (id) => document.getElementById(id);
const SHOWN_AT_START = 2;
let world = null;
let shown = null;

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `status ${response.status}`);
  return answer;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function avatar(person) {
  const element = make("span", { class: "avatar", "aria-hidden": "true" }, [...person.first_name][0] ?? "?");
  element.style.background = `hsl(${person.hue} 55% 38%)`;
  return element;
}

function remember() {
  try { localStorage.setItem("shown", JSON.stringify([...shown])); } catch { /* private window */ }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem("shown") ?? "null");
    if (Array.isArray(kept)) return new Set(kept.filter(Number.isInteger));
  } catch { /* private window */ }
  return null;
}

function showPeople() {
  const nav = $("people");
  const list = world.people.map((person) => {
    const button = make("button", { type: "button", "aria-pressed": String(shown.has(person.number)) });
    button.append(avatar(person), person.first_name);
    button.title = shown.has(person.number) ? "Put this phone away" : "Take this phone out";
    button.addEventListener("click", () => {
      if (!shown.delete(person.number)) shown.add(person.number);
      remember();
      showPeople();
      showPhones();
      nav.querySelectorAll("button")[world.people.indexOf(person)]?.focus();
    });
    return button;
  });
  if (world.people_count > world.people.length) {
    list.push(make("span", { class: "hint" }, `and ${world.people_count - world.people.length} more`));
  }
  nav.replaceChildren(...list);
}

function showPhones() {
  const main = $("phones");
  for (const frame of main.querySelectorAll("iframe")) {
    if (!shown.has(Number(frame.dataset.number))) frame.remove();
  }
  for (const person of world.people) {
    if (!shown.has(person.number) || main.querySelector(`iframe[data-number="${person.number}"]`)) continue;
    const frame = make("iframe", {
      src: `http://u${person.number}.localhost:${location.port}/`,
      title: `Phone of ${person.first_name}`,
      "data-number": person.number,
    });
    const after = [...main.querySelectorAll("iframe")].find((other) => Number(other.dataset.number) > person.number);
    main.insertBefore(frame, after ?? null);
  }
  main.querySelector("p")?.remove();
  if (!main.querySelector("iframe")) {
    main.append(make("p", {}, "No phone is out. Pick a person above, or add one."));
  }
}

const NUMBERS = {
  too_many_requests: ["Seconds to wait", 5],
  latency: ["Milliseconds", 1500],
  late_updates: ["Milliseconds", 3000],
};

function chosenFault() {
  const kind = $("fault-action").value;
  const number = Number($("fault-number").value);
  const action = { do: kind };
  if (kind === "too_many_requests") action.retry_after = number;
  if (kind === "latency" || kind === "late_updates") action.ms = number;
  if (kind === "error") action.status = 500;
  const fault = { action, percent: Number($("fault-percent").value) };
  if ($("fault-chat").value) fault.chat = Number($("fault-chat").value);
  if ($("fault-method").value) fault.method = $("fault-method").value;
  return fault;
}

function fitFaultForm(reset) {
  const kind = $("fault-action").value;
  const number = NUMBERS[kind];
  $("fault-number-label").hidden = !number;
  $("fault-number").disabled = !number;
  if (number && reset) {
    $("fault-number-label").firstElementChild.textContent = number[0];
    $("fault-number").value = number[1];
  }
  const isOfUpdates = kind.endsWith("_updates");
  $("fault-chat").disabled = isOfUpdates;
  $("fault-method").disabled = isOfUpdates || kind.endsWith("_payments");
}

function nameOf(id) {
  return world.people.find((person) => person.id === id)?.first_name ?? `chat ${id}`;
}

function showFaults() {
  const chat = $("fault-chat");
  const value = chat.value;
  const options = world.people.map((person) => make("option", { value: person.id }, person.first_name));
  chat.replaceChildren(make("option", { value: "" }, "everybody"), ...options);
  chat.value = value;
  const labels = Object.fromEntries([...$("fault-action").options].map((option) => [option.value, option.text]));
  const items = world.faults.map(({ id, fault, hits }) => {
    const parts = [labels[fault.action.do] ?? fault.action.do.replaceAll("_", " ")];
    if (fault.action.ms) parts.push(`${fault.action.ms} ms`);
    if (fault.action.retry_after) parts.push(`${fault.action.retry_after} s`);
    if (fault.chat) parts.push(nameOf(fault.chat));
    if (fault.method) parts.push(fault.method);
    if (fault.percent < 100) parts.push(`${fault.percent} %`);
    parts.push(hits === 1 ? "1 time so far" : `${hits} times so far`);
    const remove = make("button", { type: "button", "aria-label": `Take back: ${parts[0]}` }, "Take back");
    remove.addEventListener("click", () => call("DELETE", `/control/faults/${id}`).then(refresh, complain));
    return make("li", {}, parts.join(" · "), remove);
  });
  if (!items.length) items.push(make("li", {}, "None: everything works."));
  $("fault-list").replaceChildren(...items);
  $("fault-clear").disabled = !world.faults.length;
  $("faults-toggle").textContent = world.faults.length ? `Faults (${world.faults.length})` : "Faults";
}

function show() {
  const { bot } = world;
  const waiting = world.pending_updates;
  const status = $("status");
  const queue = waiting ? ` · ${waiting} ${waiting === 1 ? "update waits" : "updates wait"} for it` : "";
  const text = (world.is_bot_here ? `@${bot.username} is connected` : "No bot is connected") + queue;
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("waiting", !world.is_bot_here);
  showPhones();
}

function complain(error) {
  $("fault-error").textContent = `That did not work: ${error.message}`;
}

const MEMBERSHIPS = { administrator: "The bot is an administrator.", left: "The bot left.", kicked: "The bot was removed." };
let lastPosts = "";

async function showChannel() {
  const { info, posts } = await call("GET", "/control/channel");
  $("channel-title").textContent = info.title;
  $("channel-state").textContent = `${info.username ? "Public" : "Private"}. ${MEMBERSHIPS[info.membership]}`;
  const now = JSON.stringify(posts.map((post) => [post.id, post.version]));
  if (now === lastPosts) return;
  lastPosts = now;
  const items = posts.map((post) => make("li", {}, post.text || `(${post.kind.replaceAll("_", " ")})`));
  if (!items.length) items.push(make("li", {}, "Nothing was posted."));
  $("channel-posts").replaceChildren(...items);
}

let last = "";
async function refresh() {
  try {
    world = await call("GET", "/control/state");
  } catch {
    $("status").textContent = "The sandbox does not answer.";
    $("status").classList.add("waiting");
    return;
  }
  shown ??= recall() ?? new Set(world.people.slice(0, SHOWN_AT_START).map((person) => person.number));
  // Rebuilding lists takes the focus away: only when they differ.
  const now = JSON.stringify([world.people, world.faults, [...shown]]);
  if (now !== last) {
    last = now;
    showPeople();
    showFaults();
  }
  show();
  if (!$("channel").hidden) await showChannel();
}

$("add").addEventListener("click", () => $("add-dialog").showModal());
$("add-cancel").addEventListener("click", () => $("add-dialog").close());
$("add-form").addEventListener("submit", async () => {
  const spec = {
    first_name: $("add-name").value.trim(), last_name: $("add-last-name").value.trim() || null,
    language_code: $("add-language").value,
  };
  $("add-form").reset();
  try {
    const person = await call("POST", "/control/people", spec);
    shown.add(person.number);
    remember();
  } catch (error) {
    $("status").textContent = `The person could not be added: ${error.message}`;
    return;
  }
  await refresh();
});
for (const name of ["faults", "channel"]) {
  $(`${name}-toggle`).addEventListener("click", () => {
    const isOpen = $(name).hidden;
    $(name).hidden = !isOpen;
    $(`${name}-toggle`).setAttribute("aria-expanded", String(isOpen));
    if (isOpen) refresh();
  });
}
$("fault-action").addEventListener("change", () => fitFaultForm(true));
$("fault-form").addEventListener("submit", (event) => {
  event.preventDefault();
  $("fault-error").textContent = "";
  call("POST", "/control/faults", chosenFault()).then(refresh, complain);
});
$("fault-clear").addEventListener("click", () => call("DELETE", "/control/faults").then(refresh, complain));
$("release").addEventListener("click", () => call("POST", "/control/payments/release", {}).then(refresh, complain));

fitFaultForm(true);
await refresh();
let isDue = false;
function later() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => { isDue = false; refresh(); }, 250);
}
const events = new EventSource("/control/events");
events.addEventListener("message", later);
events.addEventListener("open", later);
events.addEventListener("error", later);
setInterval(later, 5000);
