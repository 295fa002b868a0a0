//! The door of a bot on Telegram: closed to newcomers until somebody moderates, open at once when somebody does.

use luvhive_core::id::BotId;
use luvhive_core::person::Gender;
use luvhive_core::ports::StaffStore as _;
use luvhive_core::staff::{Act, Member, Role};
use luvhive_core::testing::timestamp;
use luvhive_phone::{Answers, Phone};
use luvhive_sandbox::SandboxSettings;
use luvhive_storage::{PgStaffStore, Vault};
use luvhive_telegram::dialog::{Admission, Entry};
use luvhive_tests::bot::{Bot, PATIENCE, Setup};

/// Sends /start as somebody whom the bot has never heard of, and waits for this answer.
async fn knock<'a>(bot: &'a Bot, name: &str, answer: &str) -> Phone<'a> {
    let newcomer = bot.newcomer(name, "en");
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(newcomer.person(), "/start", None).unwrap();
    bot.sandbox.wait_for(newcomer.person(), mark, PATIENCE, |message| message.text.contains(answer)).await.unwrap();
    newcomer
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_come_in_while_somebody_moderates_and_members_notice_nothing() {
    let sandbox = SandboxSettings { people_at_start: 2, ..SandboxSettings::default() };
    let entry = Entry { admission: Admission::WhileModerated, ..Entry::default() };
    let bot = Bot::set_up(Setup { sandbox, entry, ..Setup::default() }).await;
    let (first, second) = bot.couple().await;
    let closed = "Nobody can register yet";
    let early = knock(&bot, "Early", closed).await;
    bot.sandbox.send_text(first.person(), "as always", None).unwrap();
    second.wait_for_text(0, "as always").await.unwrap();
    assert_eq!(bot.count("SELECT count(*) FROM visitors").await, 0, "nothing is kept of a newcomer");

    let staff = PgStaffStore::new(bot.database.pool().await, Vault::default());
    let id = BotId::new(bot.sandbox.bot_id());
    let bob = Member::new("bob", Role::Moderator).unwrap();
    let (actor, subject) = ("ann".to_owned(), "bob".to_owned());
    let act = Act { actor, action: "add_member", subject, detail: String::new(), at: timestamp(0) };
    staff.insert_member(id, bob.clone(), act.clone()).await.unwrap();
    early.register(&Answers::of(Gender::Woman)).await.unwrap();

    staff.delete_member(id, bob, act).await.unwrap();
    knock(&bot, "Late", closed).await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 3);
}
