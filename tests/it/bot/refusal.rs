//! What Telegram refuses, or answers unclearly: each reason has its own act and its own true words.

use std::time::Duration;

use luvhive_core::premium::Plan;
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::{CheckoutState, Fault, FaultAction, SandboxSettings, SeenMessage};
use luvhive_telegram::callback::PremiumAction;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use luvhive_tests::eventually;
use tokio::time::{Instant, sleep};

use super::premium;

fn refusal(status: u16, description: &str) -> FaultAction {
    FaultAction::Error { status, description: Some(description.to_owned()) }
}

/// Waits until somebody reads this after `mark`.
async fn reads(bot: &Bot, who: Phone<'_>, mark: u64, words: &str) -> SeenMessage {
    bot.sandbox.wait_for(who.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap()
}

/// How often this came to somebody after `mark`.
fn times(bot: &Bot, who: Phone<'_>, mark: u64, text: &str) -> usize {
    bot.texts(who, mark).iter().filter(|came| came.contains(text)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_who_cannot_be_reached_ends_the_chat_whatever_the_code_is() {
    let bot = Bot::start_with_people(10).await;
    let reasons = [
        (403, "user is deactivated"),
        (400, "USER_IS_BLOCKED"),
        (400, "chat not found"),
        (400, "PEER_ID_INVALID"),
        (400, "INPUT_USER_DEACTIVATED"),
    ];
    for (couple, (status, description)) in bot.phones().chunks(2).zip(reasons) {
        let (anna, bela) = (couple[0], couple[1]);
        bot.match_up(anna, bela).await;
        bot.sandbox.add_fault(Fault::new(refusal(status, description)).chat(bela.person().get()));
        let mark = bot.sandbox.mark();
        bot.sandbox.send_text(anna.person(), "are you there?", None).unwrap();
        reads(&bot, anna, mark, "cannot be reached any more").await;
        anna.send_until("/stop", Menu::Idle).await.unwrap();
        assert_eq!(times(&bot, anna, mark, "did not"), 0, "{description}: {:?}", bot.texts(anna, mark));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_is_told_with_its_reason_as_an_answer_to_it() {
    let bot = Bot::start_with_people(2).await;
    let (anna, bela) = bot.couple().await;
    let reasons = [
        (400, "message to copy not found", "was gone before"),
        (400, "MESSAGE_ID_INVALID", "was gone before"),
        (400, "message caption is too long", "too long"),
        (400, "VOICE_MESSAGES_FORBIDDEN", "partner's Telegram settings"),
        (400, "message can't be copied", "this kind of message"),
        (400, "not enough rights to send photos to the chat", "did not arrive"),
        (403, "something nobody has heard of", "did not arrive"),
    ];
    for (status, description, words) in reasons {
        bot.sandbox.add_fault(Fault::new(refusal(status, description)).method("copyMessage").times(1));
        let mark = bot.sandbox.mark();
        let written = bot.sandbox.send_text(anna.person(), "oops", None).unwrap();
        let told = reads(&bot, anna, mark, words).await;
        assert_eq!(told.reply_to, Some(written), "{description}");
        bot.settle().await;
        assert_eq!(bot.texts(anna, mark).len(), 1, "{description}: {:?}", bot.texts(anna, mark));
        assert_eq!(bot.texts(bela, mark), Vec::<String>::new(), "{description}");
    }
    bot.talk(anna, bela).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_telegram_refuses_comes_without_its_quote() {
    let bot = Bot::start_with_people(2).await;
    let (anna, bela) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(bela.person(), "what do you say?", None).unwrap();
    let question = anna.wait_for_text(mark, "what do you say?").await.unwrap();
    let too_long = Fault::new(refusal(400, "message caption is too long")).method("copyMessage").times(1);
    bot.sandbox.add_fault(too_long);
    bot.sandbox.send_text(anna.person(), "a long story", Some(question.id)).unwrap();
    let came = bela.wait_for_text(mark, "a long story").await.unwrap();
    bot.settle().await;
    assert_eq!((came.reply_to, times(&bot, anna, mark, "did not get it")), (None, 0));
}

/// Everything copied to Bela arrives and is answered unclearly, while `elsewhere` two others may chat.
async fn what_stays_unclear_is_let_go(elsewhere: bool) {
    let bot = Bot::start_with_people(4).await;
    let (anna, bela) = bot.couple().await;
    let phones = bot.phones();
    if elsewhere {
        bot.match_up(phones[2], phones[3]).await;
    }
    bot.sandbox.add_fault(Fault::new(FaultAction::BadGatewayAfter).method("copyMessage").chat(bela.person().get()));
    let mark = bot.sandbox.mark();
    let written = bot.sandbox.send_text(anna.person(), "first of all", None).unwrap();
    bot.sandbox.send_text(anna.person(), "and then", None).unwrap();
    let told = async {
        let told = reads(&bot, anna, mark, "may have arrived").await;
        assert_eq!(told.reply_to, Some(written));
        eventually("both are told of", PATIENCE, async || times(&bot, anna, mark, "may have arrived") == 2).await;
    };
    let chatter = async {
        for n in 0.. {
            if elsewhere {
                bot.sandbox.send_text(phones[2].person(), &format!("life goes on {n}"), None).unwrap();
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        () = told => {}
        () = chatter => {}
    }
    let stopped = Instant::now();
    bot.sandbox.send_text(anna.person(), "/stop", None).unwrap();
    reads(&bot, bela, mark, "has left the chat").await;
    assert!(stopped.elapsed() < Duration::from_secs(10), "told of the end after {:?}", stopped.elapsed());
    bot.settle().await;
    assert_eq!(times(&bot, bela, mark, "first of all"), 3, "sent once and repeated twice");
    assert!((1..=3).contains(&times(&bot, bela, mark, "and then")));
    assert_eq!(times(&bot, anna, mark, "this kind of message"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_unclear_while_life_goes_on_is_let_go_and_told() {
    what_stays_unclear_is_let_go(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_unclear_while_nobody_else_writes_is_let_go_and_told() {
    what_stays_unclear_is_let_go(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_outage_of_telegram_the_sender_stands_still_and_nobody_is_told_of_it() {
    let bot = Bot::start_with_people(12).await;
    let phones = bot.phones();
    for couple in phones.chunks(2) {
        bot.match_up(couple[0], couple[1]).await;
    }
    bot.settle().await;
    let (mark, unknown) = (bot.sandbox.mark(), bot.counters().unknown.get());
    bot.sandbox.add_fault(Fault::new(FaultAction::BadGateway));
    let write = |text: &str| {
        for phone in &phones {
            bot.sandbox.send_text(phone.person(), text, None).unwrap();
        }
    };
    write("written in the outage");
    eventually("the outage is met", PATIENCE, async || bot.counters().unknown.get() >= unknown + 5).await;
    sleep(Duration::from_secs(3)).await;
    write("and a little later");
    sleep(Duration::from_secs(2)).await;
    let tried = bot.counters().unknown.get() - unknown;
    assert!(tried <= 12, "each chat was tried once at most, not {tried} times in all");
    bot.sandbox.clear_faults();
    for phone in &phones {
        phone.wait_for_text(mark, "and a little later").await.unwrap();
        assert_eq!(bot.texts(*phone, mark), ["written in the outage", "and a little later"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_answered_soon_while_the_database_is_unavailable() {
    let sandbox = SandboxSettings { people_at_start: 1, ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__ENGINE__LEASE_MS", "1000"), ("LUVHIVE__DATABASE__CHECKOUT_TIMEOUT_MS", "200")];
    let bot = Bot::set_up(Setup { sandbox, is_behind_proxy: true, settings, ..Setup::default() }).await;
    let phone = bot.phones()[0];
    premium::open_premium(&bot, phone).await;
    premium::press(&bot, phone, PremiumAction::Buy(Plan::Week)).await;
    let is_invoice = |message: &SeenMessage| message.invoice.is_some();
    bot.sandbox.wait_for(phone.person(), 0, PATIENCE, is_invoice).await.unwrap();
    bot.settle().await;
    bot.proxy.as_ref().unwrap().cut_off();
    // Something is being taken in, and the lease runs out meanwhile.
    bot.sandbox.send_text(phone.person(), "/profile", None).unwrap();
    let before = bot.counters().outages.get();
    eventually("the bot tries again", PATIENCE, async || bot.counters().outages.get() >= before + 6).await;
    let mut took = Vec::new();
    for _ in 0..3 {
        let asked = Instant::now();
        let answer = premium::pay_next(&bot, phone.person()).await;
        assert!(matches!(answer, CheckoutState::Refused { .. }), "{answer:?}");
        took.push(asked.elapsed());
    }
    // People are promised an answer within a second. One of three may be late: a machine that runs the other tests beside
    // this one does not always give the processor in time.
    took.sort();
    assert!(took[1] < Duration::from_secs(1) && took[2] < Duration::from_millis(1_500), "{took:?}");
}
