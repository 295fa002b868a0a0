//! Friends with the whole bot: one asks in the chat, the other accepts, and a gift arrives long after the chat; one invites
//! the other to a new chat.

use luvhive_core::coins::Gift;
use luvhive_core::engine::event::Command;
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::SeenMessage;
use luvhive_telegram::callback::{Callback, CoinAction, FriendAction, ProfileAction, Receiver};
use luvhive_tests::bot::{Bot, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn partners_become_friends_and_give_after_the_chat() {
    let bot = Bot::start_with_people(2).await;
    let (asha, ravi) = bot.couple().await;
    bot.sandbox.send_text(asha.person(), "/friend", None).unwrap();
    let mark = bot.sandbox.mark();
    bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::Accept(_)))).await;
    bot.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("was accepted")).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM friendships").await, 2);
    assert_eq!(bot.count("SELECT count(*) FROM friend_requests").await, 0);
    asha.send_until("/stop", Menu::Idle).await.unwrap();
    bot.sql
        .batch_execute(
            "UPDATE chats SET ended_at = ended_at - interval '72 hours', started_at = started_at - interval '72 hours'",
        )
        .await
        .unwrap();

    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(asha.person(), "/profile", None).unwrap();
    bot.press(asha, |button| button == Callback::Profile(ProfileAction::ShowStatistics)).await;
    bot.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("Friends: 1")).await.unwrap();

    bot.sandbox.send_text(asha.person(), "/coins", None).unwrap();
    bot.press(asha, |button| button == Callback::Coins(CoinAction::Daily)).await;
    bot.sandbox.send_text(asha.person(), "/profile", None).unwrap();
    bot.press(asha, |button| button == Callback::Friends(FriendAction::Open)).await;
    bot.press(asha, |button| matches!(button, Callback::Friends(FriendAction::Show(_)))).await;
    bot.press(asha, |button| matches!(button, Callback::Coins(CoinAction::Gifts(Receiver::Friend(_))))).await;
    let mark = bot.sandbox.mark();
    let is_gift = |button| matches!(button, Callback::Coins(CoinAction::Give { gift: Gift::Small, to: Receiver::Friend(_), .. }));
    bot.press(asha, is_gift).await;
    bot.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("gave you 10 coins")).await.unwrap();

    bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::Show(_)))).await;
    bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::AskRemove(_)))).await;
    bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::Remove(_)))).await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM friendships").await, 0);
}

/// Waits for a message that says this.
async fn hear(bot: &Bot, phone: Phone<'_>, mark: u64, what: &str) -> SeenMessage {
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(what)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friend_is_invited_and_both_press_chat() {
    let mut bot = Bot::start_with_people(2).await;
    let (asha, ravi) = {
        let (asha, ravi) = bot.couple().await;
        bot.sandbox.send_text(asha.person(), "/friend", None).unwrap();
        bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::Accept(_)))).await;
        bot.settle().await;
        bot.sandbox.send_text(asha.person(), "/profile", None).unwrap();
        bot.press(asha, |button| button == Callback::Friends(FriendAction::Open)).await;
        bot.press(asha, |button| matches!(button, Callback::Friends(FriendAction::Show(_)))).await;
        let mark = bot.sandbox.mark();
        bot.press(asha, |button| matches!(button, Callback::Friends(FriendAction::Invite(_)))).await;
        hear(&bot, asha, mark, "is sent. It stands for 10 minutes").await;
        bot.settle().await;
        assert_eq!(bot.count("SELECT count(*) FROM invitations WHERE state = 'open'").await, 1);
        assert!(!bot.texts(ravi, mark).iter().any(|text| text.contains("invites you")), "Ravi is in a chat");
        (asha.person(), ravi.person())
    };
    bot.restart().await;
    let (asha, ravi) = (bot.phone(asha), bot.phone(ravi));
    let mark = bot.sandbox.mark();
    asha.send_until("/stop", Menu::Idle).await.unwrap();
    let shown = hear(&bot, ravi, mark, "Friend no. 1 invites you to chat").await;
    bot.press(ravi, |button| matches!(button, Callback::Command(Command::AcceptInvitation(_)))).await;
    hear(&bot, asha, mark, "Friend no. 1 would like to chat with you").await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM invitations").await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'meeting' AND NOT was_searching").await, 2);
    let card = bot.sandbox.messages(ravi.person()).into_iter().find(|message| message.id == shown.id).unwrap();
    assert!(card.text.contains("You said yes"), "the card stands in the place of the invitation: {}", card.text);
    let mark = bot.sandbox.mark();
    bot.press(asha, |button| matches!(button, Callback::Command(Command::Agree(_)))).await;
    ravi.wait_for_menu(mark, Menu::Chatting).await.unwrap();
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(asha.person(), "here I am", None).unwrap();
    ravi.wait_for_text(mark, "here I am").await.unwrap();
}
