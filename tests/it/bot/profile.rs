//! Profile and settings as people use them: in one message, and at once in a search or a chat that is under way.

use luvhive_core::filter::Filter;
use luvhive_core::person::CardPart;
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::{Kind, Media, MediaOptions, SeenMessage};
use luvhive_telegram::callback::{
    Callback, Demand, ProfileAction, ProfilePage, ProfileValue, SettingsAction, SettingsPage, SettingsValue,
};
use luvhive_tests::bot::{Bot, PATIENCE};

fn is_profile(wanted: ProfileAction) -> impl Fn(Callback) -> bool {
    move |callback| callback == Callback::Profile(wanted)
}

fn is_setting(wanted: SettingsAction) -> impl Fn(Callback) -> bool {
    move |callback| callback == Callback::Settings(wanted)
}

/// Waits for a message that holds these words.
async fn hear(bot: &Bot, phone: Phone<'_>, mark: u64, words: &str) -> SeenMessage {
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_about_oneself_reaches_the_match_card_and_no_message_is_added() {
    let bot = Bot::start_with_people(2).await;
    let phones = bot.phones();
    let (first, second) = (phones[0], phones[1]);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/profile", None).unwrap();
    bot.press(first, is_profile(ProfileAction::Show(ProfilePage::Bio))).await;
    hear(&bot, first, mark, "leave out your name").await;
    bot.sandbox.send_text(first.person(), "write me @ravi_k", None).unwrap();
    hear(&bot, first, mark, "looks like a link").await;
    bot.sandbox.send_text(first.person(), "Tea and rain", None).unwrap();
    hear(&bot, first, mark, "Saved.").await;
    bot.press(first, is_profile(ProfileAction::Show(ProfilePage::Card))).await;
    bot.press(first, is_profile(ProfileAction::Set(ProfileValue::Card(CardPart::Country, false)))).await;
    bot.settle().await;
    assert_eq!(bot.texts(first, mark).len(), 1, "every page takes the place of the one before");
    let mark = bot.sandbox.mark();
    bot.match_up(first, second).await;
    let card = hear(&bot, second, mark, "Tea and rain").await;
    let other = hear(&bot, first, mark, "break the ice").await;
    assert!(!card.text.contains("India") && !other.text.contains("Tea and rain"), "{}", card.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_kept_for_its_owner_alone() {
    let bot = Bot::start_with_people(1).await;
    let phone = bot.phones()[0];
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/profile", None).unwrap();
    bot.press(phone, is_profile(ProfileAction::Show(ProfilePage::Photo))).await;
    bot.sandbox.send_media(phone.person(), &Media::Photo, &MediaOptions::default()).unwrap();
    hear(&bot, phone, mark, "Saved.").await;
    bot.press(phone, is_profile(ProfileAction::Show(ProfilePage::Photo))).await;
    bot.press(phone, is_profile(ProfileAction::ShowPhoto)).await;
    let shown = |message: &SeenMessage| message.from_bot && message.kind == Kind::Photo;
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, shown).await.unwrap();
    bot.press(phone, is_profile(ProfileAction::ClosePhoto)).await;
    bot.press(phone, is_profile(ProfileAction::Set(ProfileValue::NoPhoto))).await;
    bot.settle().await;
    assert!(!bot.sandbox.messages(phone.person()).iter().any(shown));
    assert_eq!(bot.count("SELECT count(*) FROM people WHERE photo_file_id IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_dropped_in_the_settings_matches_a_waiting_person_at_once() {
    let mut bot = Bot::start_with_people(2).await;
    let ids: Vec<_> = bot.phones().iter().map(Phone::person).collect();
    // The two share no language, and the first asks for one, so they wait.
    bot.halt().await;
    let first = bot.sandbox.people()[0].id;
    for change in [
        "UPDATE people SET languages = '{en}' WHERE telegram_id = $1",
        "UPDATE people SET languages = '{hi}' WHERE telegram_id <> $1",
        "UPDATE preferences SET requires_common_language = false FROM people WHERE person_id = id AND telegram_id <> $1",
    ] {
        bot.sql.execute(change, &[&first]).await.unwrap();
    }
    bot.run().await;
    let (first, second) = (bot.phone(ids[0]), bot.phone(ids[1]));
    first.send_until("/find", Menu::Searching).await.unwrap();
    second.send_until("/find", Menu::Searching).await.unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/settings", None).unwrap();
    bot.press(first, is_setting(SettingsAction::Show(SettingsPage::Filters))).await;
    bot.press(first, is_setting(SettingsAction::Set(SettingsValue::Demand(Demand::off(Filter::Language))))).await;
    first.wait_for_menu(mark, Menu::Meeting).await.unwrap();
    second.wait_for_menu(mark, Menu::Meeting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn protection_and_pictures_follow_the_settings_within_the_chat() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "open", None).unwrap();
    assert!(!second.wait_for_text(mark, "open").await.unwrap().is_protected);
    bot.sandbox.send_text(first.person(), "/settings", None).unwrap();
    bot.press(first, is_setting(SettingsAction::Show(SettingsPage::Chat))).await;
    bot.press(first, is_setting(SettingsAction::Set(SettingsValue::Protect(true)))).await;
    bot.press(first, is_setting(SettingsAction::Set(SettingsValue::Media(false)))).await;
    bot.settle().await;
    bot.sandbox.send_text(first.person(), "shut", None).unwrap();
    assert!(second.wait_for_text(mark, "shut").await.unwrap().is_protected);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_media(second.person(), &Media::Photo, &MediaOptions::default()).unwrap();
    hear(&bot, second, mark, "takes text and stickers only").await;
    bot.sandbox.send_text(second.person(), "words pass", None).unwrap();
    assert!(!first.wait_for_text(mark, "words pass").await.unwrap().is_protected, "each protects their own words");
    assert!(bot.texts(first, mark).iter().all(|text| text == "words pass"));
}
