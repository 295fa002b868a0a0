// Paying: what an invoice asks for, the person's yes or no, how it ended, and the purse.
import { priceOf } from "/page/bubble.js";

const $ = (id) => document.getElementById(id);
const ENDS = {
  timed_out: "The bot did not answer in time. Nothing was paid.",
  too_few_stars: "You have too few Stars. Nothing was paid.",
  abandoned: "The payment was not completed.",
};

// `hands` has act, item, state (a function), tell (a passing notice) and warn (a dialog).
export function purse(hands) {
  // Checkouts whose end has not been told yet, and whether they were told to be on their way.
  const open = new Map();
  let asked = null;

  // Says how each checkout ended, once it has.
  function showEnds() {
    const state = hands.state();
    for (const [id, wasHeld] of open) {
      const checkout = state.checkouts[id];
      if (!checkout || checkout.state === "asked") continue;
      if (checkout.state === "held") {
        if (!wasHeld) hands.tell("The payment is on its way.");
        open.set(id, true);
        continue;
      }
      open.delete(id);
      if (checkout.state !== "paid") {
        hands.warn(ENDS[checkout.state] ?? checkout.message ?? "The payment failed.");
        continue;
      }
      const payment = state.payments.find(({ charge }) => charge === checkout.charge);
      hands.tell(payment ? `Paid ${priceOf(payment.amount)} for ${payment.title}.` : "Paid.");
    }
  }

  // Shows an invoice and asks; `what` names it by message_id or by link.
  async function ask(what) {
    const invoice = await hands.act({ act: "look", ...what });
    const has = hands.state().person.stars;
    const price = priceOf(invoice.amount);
    const isPoor = has < invoice.amount;
    asked = what;
    $("pay-title").textContent = invoice.title;
    $("pay-text").textContent = invoice.description;
    $("pay-price").textContent = invoice.period_s ? `${price} every ${invoice.period_s / 86_400} days` : price;
    $("pay-balance").textContent = priceOf(has);
    $("pay-error").textContent = isPoor ? "You have too few Stars. The chat menu has more." : "";
    $("pay-yes").textContent = `${invoice.period_s ? "Subscribe for" : "Pay"} ${price}`;
    $("pay-yes").disabled = isPoor;
    $("pay").returnValue = "";
    $("pay").showModal();
  }

  $("pay").addEventListener("close", async () => {
    const what = asked;
    asked = null;
    if ($("pay").returnValue !== "yes" || !what) return;
    hands.tell("Asking the bot …");
    try {
      const { checkout_id: id } = await hands.act({ act: "pay", ...what });
      open.set(id, false);
      showEnds();
    } catch { /* told already */ }
  });

  function show() {
    const { stars } = hands.state().person;
    $("purse").textContent = priceOf(stars);
    $("purse").setAttribute("aria-label", `${stars} Stars`);
    showEnds();
  }

  // What the chat menu offers: more Stars, and an end to each subscription.
  function fill(menu) {
    menu.querySelectorAll("[data-stars]").forEach((old) => old.remove());
    const offer = (text, body) => {
      const node = hands.item(text, () => hands.act(body).catch(() => {}));
      node.dataset.stars = "";
      return node;
    };
    const { subscriptions } = hands.state();
    const running = subscriptions.filter((known) => !known.has_ended).map(({ id, title, is_canceled: isCanceled }) =>
      offer(`${isCanceled ? "Renew" : "Cancel"} subscription: ${title}`, { act: "subscription", id, is_canceled: !isCanceled }));
    menu.prepend(offer("Get 1,000 Stars", { act: "stars", add: 1000 }), ...running);
  }

  return { ask, show, fill };
}
