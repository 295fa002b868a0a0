// How one message looks: entities, media, buttons.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const timeOf = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const priceOf = (stars) => `⭐ ${stars.toLocaleString("en")}`;

// A link to an invoice is paid here, not opened.
export const isInvoice = (url) => /^https:\/\/t\.me\/\$/.test(url ?? "");

// Only what a browser may open without harm.
function safeLink(url) {
  const full = /^[a-z]+:/i.test(url) ? url : `https://${url}`;
  return /^(https?|mailto|tel|tg):/i.test(full) ? full : null;
}

function piece(text, entities, act) {
  const kinds = entities.map((entity) => entity.type);
  const styles = kinds.filter((kind) => /^(bold|italic|underline|strikethrough|code|pre|blockquote|expandable_blockquote)$/.test(kind));
  let node = styles.length ? make("span", { class: styles.map((kind) => `e-${kind}`).join(" ") }, text) : new Text(text);
  const link = entities.find((entity) => /^(text_link|url|email|phone_number)$/.test(entity.type));
  if (link) {
    const prefix = { email: "mailto:", phone_number: "tel:" }[link.type] ?? "";
    const href = safeLink(link.url ?? prefix + text);
    if (isInvoice(href)) {
      node = make("button", { type: "button", class: "e-link" }, node);
      node.addEventListener("click", () => act.pay({ link: href }));
    } else if (href) node = make("a", { class: "e-link", href, target: "_blank", rel: "noreferrer noopener" }, node);
  } else if (kinds.includes("bot_command")) {
    const button = make("button", { type: "button", class: "e-link" }, node);
    button.addEventListener("click", () => act.say(text));
    node = button;
  } else if (kinds.some((kind) => /^(mention|hashtag|cashtag|text_mention)$/.test(kind))) {
    node = make("span", { class: "e-link" }, node);
  }
  return node;
}

// Text and entities as nodes; offsets are UTF-16 units, as JavaScript's own.
export function rich(text, entities, act) {
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of entities) cuts.add(offset).add(offset + length);
  const places = [...cuts].filter((at) => at <= text.length).sort((a, b) => a - b);
  const out = document.createDocumentFragment();
  let spoiler = null;
  for (let at = 0; at + 1 < places.length; at += 1) {
    const [from, to] = [places[at], places[at + 1]];
    const covering = entities.filter(({ offset, length }) => offset <= from && to <= offset + length);
    const node = piece(text.slice(from, to), covering, act);
    if (!covering.some((entity) => entity.type === "spoiler")) {
      spoiler = null;
      out.append(node);
      continue;
    }
    if (!spoiler) {
      spoiler = make("span", { class: "e-spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text: show" });
      const shown = spoiler;
      const open = () => { shown.classList.add("open"); shown.removeAttribute("role"); shown.removeAttribute("aria-label"); };
      shown.addEventListener("click", open);
      shown.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } });
      out.append(shown);
    }
    spoiler.append(node);
  }
  return out;
}

const drawing = (fileId) => `/page/${/^SBX[a-z_]+-([a-z]+)(?:_[sm])?-\d+$/.exec(fileId ?? "")?.[1] ?? "notes"}.svg`;

const picture = (fileId, className, label) => make("img", { class: `media ${className}`, src: drawing(fileId), alt: label });

function file(sign, title, detail) {
  return make("div", { class: "file" }, make("span", { class: "disc", "aria-hidden": "true" }, sign),
    make("div", {}, make("span", {}, title), make("small", {}, detail)));
}

// A file; one that the bot made can be saved.
function upload(body) {
  const shown = file("⇩", body?.file_name ?? "File", body?.mime_type ?? "");
  if (!body?.file_id?.startsWith("SBXupload-")) return shown;
  return make("a", { class: "save", href: `/page/uploads/${body.file_id}`, download: body.file_name }, shown);
}

// What each kind is called, and how the field of that name is drawn.
const KINDS = {
  text: ["Message", () => null],
  photo: ["Photo", (sizes) => picture(sizes?.at(-1)?.file_id, "", "Photo")],
  video: ["Video", (video) => picture(video?.file_id, "", `Video, ${video?.duration} seconds`)],
  animation: ["GIF", (gif) => picture(gif?.file_id, "", "GIF")],
  video_note: ["Round video", (note) => picture(note?.file_id, "round", "Round video")],
  sticker: ["Sticker", (sticker) => picture(sticker?.file_id, "sticker", `Sticker ${sticker?.emoji ?? ""}`)],
  voice: ["Voice message", (voice) => file("▶", "Voice message", `${voice?.duration} s`)],
  audio: ["Audio", (audio) => file("♪", audio?.title ?? "Audio", audio?.performer ?? "")],
  document: ["File", upload],
  venue: ["Place", (venue) => file("📍", venue?.title ?? "Place", venue?.address ?? "")],
  location: ["Location", ({ latitude, longitude, live_period: live } = {}) =>
    file("📍", live ? "Live location" : "Location", `${latitude}, ${longitude}`)],
  contact: ["Contact", (contact) => file("☎", contact?.first_name ?? "Contact", contact?.phone_number ?? "")],
  dice: ["Dice", (dice) => file("⚄", "Dice", `rolled ${dice?.value}`)],
  poll: ["Poll", (poll) => file("☰", poll?.question ?? "Poll", (poll?.options ?? []).map((option) => option.text).join(" · "))],
  invoice: ["Invoice", (_, message) => invoice(message.invoice)],
  successful_payment: ["Payment"],
  refunded_payment: ["Refund"],
};
const unknown = () => file("?", "Message", "of a kind this phone does not show");

function media(message) {
  const [, draw = unknown] = KINDS[message.kind] ?? [];
  return draw(message.media?.[message.kind], message);
}

export const nameOf = (kind) => KINDS[kind]?.[0] ?? "Message";

function invoice({ title, description, amount, is_paid: isPaid }) {
  return make("div", { class: "invoice" }, make("strong", { dir: "auto" }, title), make("span", { dir: "auto" }, description),
    make("span", { class: "price" }, isPaid ? `${priceOf(amount)} · paid` : priceOf(amount)));
}

// What Telegram itself says about a payment: the receipt of it, or of its way back.
function receipt(message, act) {
  const isBack = message.kind === "refunded_payment";
  const { total_amount: amount, telegram_payment_charge_id: charge } = message.media[message.kind];
  const title = act.payment(charge)?.title;
  const text = `${isBack ? "Refunded" : "Paid"} ${priceOf(amount)}${title ? ` for ${title}` : ""}`;
  const details = make("small", {}, `Receipt ${charge} · ${timeOf(message.date)}`);
  return make("article", { class: "service", "data-id": message.id, tabindex: "-1", "aria-label": text },
    make("div", { class: "note" }, make("span", { dir: "auto" }, text), details));
}

export const summary = (message) => message.text || nameOf(message.kind);

export function keys(rows, press) {
  const lines = rows.map((row) => {
    const line = make("div", { class: "line" });
    for (const key of row) {
      const button = make("button", { type: "button", dir: "auto" }, key.text + (key.url && !isInvoice(key.url) ? " ↗" : ""));
      button.addEventListener("click", () => press(key, button));
      line.append(button);
    }
    return line;
  });
  return make("div", { class: "keys" }, ...lines);
}

// The whole message. `act` has say, press, pay, payment, jump and menu; `find` gives another message by id.
export function bubble(message, act, find) {
  if (/_payment$/.test(message.kind)) return receipt(message, act);
  const article = make("article", { class: message.from_bot ? "" : "own", "data-id": message.id, tabindex: "-1",
    "aria-label": message.from_bot ? "From the bot" : "From me" });
  const box = make("div", { class: message.kind === "sticker" ? "bubble bare" : "bubble" });
  if (message.forwarded_from) box.append(make("span", { class: "origin", dir: "auto" }, `Forwarded from ${message.forwarded_from}`));
  if (message.reply_to) {
    const target = find(message.reply_to);
    const text = message.quote ?? (target ? summary(target) : "Deleted message");
    const quote = make("button", { type: "button", class: "quote", "aria-label": `In reply to: ${text}` }, text);
    quote.addEventListener("click", () => act.jump(message.reply_to));
    box.append(quote);
  }
  let shown = media(message);
  if (shown && message.has_spoiler) {
    shown.classList.add("veiled");
    const veil = make("button", { type: "button", class: "veil", "aria-label": "Hidden picture: show" }, shown);
    veil.addEventListener("click", () => { shown.classList.remove("veiled"); veil.removeAttribute("aria-label"); });
    shown = veil;
  }
  if (shown) box.append(shown);
  const meta = make("span", { class: "meta" },
    `${message.is_protected ? "🔒 " : ""}${message.is_edited ? "edited " : ""}${timeOf(message.date)}`);
  const text = make("p", { class: "text" }, rich(message.text, message.entities, act));
  text.append(meta);
  box.append(text);
  for (const [emoji, whose] of [[message.bot_reaction, "The bot's"], [message.own_reaction, "My"]]) {
    if (emoji) box.append(make("span", { class: "reaction", role: "img", "aria-label": `${whose} reaction: ${emoji}` }, emoji));
  }
  article.append(box);
  const isPaid = message.invoice?.is_paid;
  const rows = message.buttons.map((row) => row.map((key) => (key.is_pay && isPaid ? { ...key, text: "Receipt" } : key)));
  if (rows.length) article.append(keys(rows, (key, button) => act.press(message, key, button)));
  const more = make("button", { type: "button", class: "more", tabindex: "-1", "aria-label": "Message actions", "aria-haspopup": "menu", "aria-expanded": "false" }, "⋯");
  more.addEventListener("click", () => act.menu(message, article, more));
  article.append(more);
  return article;
}
