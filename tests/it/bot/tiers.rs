//! Caps of a day: somebody who has met enough people is told when they can search again, also after a restart.

use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::SandboxSettings;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};

/// Asks for a partner and waits for an answer with these words.
async fn find(bot: &Bot, phone: Phone<'_>, words: &str) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/find", None).unwrap();
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_has_met_enough_people_hears_when_they_can_search_again() {
    let sandbox = SandboxSettings { people_at_start: 3, ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__TIERS__NEW_PARTNERS_A_DAY", "1"), ("LUVHIVE__TIERS__KNOWN_PARTNERS_A_DAY", "1")];
    let mut bot = Bot::set_up(Setup { sandbox, settings, ..Setup::default() }).await;
    let ids: Vec<_> = bot.phones().iter().map(Phone::person).collect();
    let (first, _) = bot.couple().await;
    first.send_until("/stop", Menu::Idle).await.unwrap();
    let enough = "You can search again in 24 hours";
    find(&bot, first, enough).await;
    bot.settle().await;
    bot.restart().await;
    find(&bot, bot.phone(ids[0]), enough).await;
    let third = bot.phone(ids[2]);
    third.send_until("/find", Menu::Searching).await.unwrap();
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 1, "only the third one waits");
}
