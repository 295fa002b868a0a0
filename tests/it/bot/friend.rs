//! Friends with the whole bot: one asks in the chat, the other accepts, and a gift arrives long after the chat.

use luvhive_core::coins::Gift;
use luvhive_phone::Menu;
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
    bot.press(asha, |button| button == Callback::Profile(ProfileAction::OpenStatistics)).await;
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
