//! The promises of the store ports, as tests that run on the stores in memory and on PostgreSQL alike.
//! Each test gets stores of its own; [`Scene`] is one process that owns the shard.
#![expect(clippy::missing_panics_doc, reason = "a contract is a test: it panics where it is broken")]

pub mod appeals;
pub mod cases;
pub mod conduct;
pub mod corrections;
pub mod data;
pub mod evidence;
pub mod former;
pub mod friend;
pub mod journal;
pub mod lanes;
pub mod lease;
pub mod ledger;
pub mod staff;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use luvhive_core::chat::{Answers, Content, EndReason, Question, Questions, Seat, Sent, Side};
use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::{Batch, ChatChange, ChatEnd, InboxRow, InboxWork};
use luvhive_core::engine::effect::{Original, OutboxBody, OutboxRow, Relay, Rendered};
use luvhive_core::engine::event::{FactsChange, Finished};
use luvhive_core::id::{ChatId, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::person::Gender;
use luvhive_core::ports::journal::{Change, Journal, JournalError, LaneResult, Lease};
use luvhive_core::ports::{
    CaseStore, ChatStore, ConductStore, CorrectionStore, DataStore, FriendStore, Ledger, PeopleStore, StaffStore, Treasury,
};
use luvhive_core::testing::{BOT, MAIN, MemoryStore, new_person, timestamp};
use luvhive_core::time::{TelegramTime, Timestamp};
use luvhive_storage::{PgCaseStore, PgConductStore, PgCorrectionStore, PgJournal, PgStaffStore, PgStore, PgTreasury};

use crate::{TestDatabase, vault};

/// The lease's length in these tests.
pub const LENGTH: Duration = Duration::from_secs(3);

/// Every contract by name, for a macro that takes `area: name, …;`.
#[macro_export]
macro_rules! contracts {
    ($with:ident) => {
        $with! {
            journal: a_batch_is_read_back_in_order, a_batch_of_another_epoch_is_fenced, a_batch_after_another_watermark_is_fenced,
                batches_without_updates_leave_the_watermark, a_refused_batch_leaves_nothing, a_purge_drops_earlier_rows_only,
                an_ended_chat_counts_once_and_is_recent_for_a_day,
                a_meeting_is_kept_and_becomes_a_chat_when_it_opens, only_a_declined_meeting_keeps_two_apart,
                an_invitation_is_kept_as_it_stands, a_message_that_waits_is_kept_as_it_stands, done_work_goes_with_its_batch, settling_is_idempotent;
            lease: a_lease_changes_hands_when_it_has_run_out, a_released_lease_is_free_at_once, a_dead_owners_lease_is_free_at_once;
            lanes: a_lane_finishes_once, a_thawed_owners_lane_is_fenced, a_refused_lane_leaves_its_work, a_visitor_is_read_back,
                edits_come_back_as_facts, a_visitor_is_forgotten, a_refused_minor_cannot_register, a_member_can_say_that_they_are_a_minor, a_chat_is_rated_once_a_side,
                blocks_and_reports_count_once, an_erased_person_is_gone, a_leaver_can_stay,
                a_consent_can_be_taken_back;
            ledger: a_payment_counts_once, a_gift_entitles_its_receiver, a_refund_counts_once_and_may_come_first,
                a_subscription_renews_and_is_cancelled, how_far_the_list_is_known_is_remembered, a_rating_reset_can_be_refunded, a_payment_outlives_its_people,
                a_grant_counts_once, coins_move_once_and_never_below_zero, coins_buy_premium_together_or_not,
                an_invitation_counts_with_its_registration, operators_grant_and_refund, premium_use_and_tasks_are_read_back;
            friend: a_request_becomes_a_friendship_once, a_block_ends_a_friendship_and_forbids_requests,
                friends_are_numbered_and_removed, an_erased_friend_is_forgotten;
            corrections: a_correction_is_taken_up_and_told, a_second_name_is_needed_where_18_is_crossed,
                a_member_found_to_be_a_minor_is_refused_and_can_be_let_in_again, the_refusal_of_an_account_is_lifted_by_its_code,
                a_refusal_keeps_its_first_date_and_code;
            former: an_account_that_was_left_is_known, a_block_outlives_those_who_leave, a_leaver_is_reported_and_blocked,
                a_block_that_comes_a_moment_late_holds,
                a_pseudonym_of_old_means_the_account, a_situation_outlives_the_person, rows_move_to_the_key_of_today, claims_outlive_the_account;
            data: an_account_gets_its_data;
            conduct: a_sanction_is_whole, a_suspension_counts_from_where_it_began, a_report_that_comes_too_late_is_not_stored, an_unknown_pseudonym_is_told,
                a_situation_is_read, a_refused_account_is_found_by_its_code;
            staff: members_come_and_go;
            cases: reports_about_one_person_are_one_case, a_case_is_taken_by_one_and_decided_by_them, what_is_dismissed_counts_against_its_reporter,
                nobody_decides_about_people_close_to_them, child_safety_is_seen_by_its_role_alone, messages_are_frozen_with_a_report;
            evidence: former_words_are_frozen_with_a_report, what_a_leaver_wrote_is_frozen_with_its_former_words,
                a_report_behind_a_full_queue_has_what_was_seen, both_sides_report_at_once, words_that_child_safety_has_are_for_it_alone,
                a_reporter_says_it_in_their_own_words_once;
            appeals: an_appeal_is_heard_once_and_by_another, a_decision_that_is_taken_back_leaves_nothing,
                a_ban_holds_for_good_when_another_confirms_it, somebody_who_left_can_appeal, words_and_texts_without_a_suspension;
        }
    };
}

/// One database's stores.
pub struct Stores {
    /// Reads people.
    pub people: Arc<dyn PeopleStore>,
    /// Reads chats.
    pub chats: Arc<dyn ChatStore>,
    /// Reads what is stored about an account, for its owner.
    pub data: Arc<dyn DataStore>,
    /// Reads friends.
    pub friends: Arc<dyn FriendStore>,
    /// What operators do.
    pub conduct: Arc<dyn ConductStore>,
    /// What is reported, case by case.
    pub cases: Arc<dyn CaseStore>,
    /// Who is staff.
    pub staff: Arc<dyn StaffStore>,
    /// What support corrects.
    pub corrections: Arc<dyn CorrectionStore>,
    /// Reads payments, grants and coins.
    pub ledger: Arc<dyn Ledger>,
    /// What operators do with them.
    pub treasury: Arc<dyn Treasury>,
    open: Box<dyn Fn() -> Arc<dyn Journal> + Send + Sync>,
    memory: Option<MemoryStore>,
    database: Option<TestDatabase>,
}

impl Stores {
    /// Makes stores in memory.
    pub fn memory() -> Self {
        let store = MemoryStore::new(BOT, MAIN);
        Self {
            people: Arc::new(store.clone()),
            chats: Arc::new(store.clone()),
            data: Arc::new(store.clone()),
            friends: Arc::new(store.clone()),
            conduct: Arc::new(store.clone()),
            cases: Arc::new(store.clone()),
            staff: Arc::new(store.clone()),
            corrections: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            treasury: Arc::new(store.clone()),
            memory: Some(store.clone()),
            open: Box::new(move || Arc::new(store.journal())),
            database: None,
        }
    }

    /// Makes stores over a database of the test's own.
    ///
    /// # Panics
    /// When no PostgreSQL can be had.
    pub async fn postgres() -> Self {
        Self::over(TestDatabase::new().await).await
    }

    /// Makes stores over this database. A person in it must be of the crowd, from the account [`CROWD_FROM`] on.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn over(database: TestDatabase) -> Self {
        let pool = database.pool().await;
        let address = database.database();
        let store = Arc::new(PgStore::new(pool.clone(), BOT).with_vault(vault(&[1])));
        let of_journal = vault(&[1]);
        Self {
            people: store.clone(),
            chats: store.clone(),
            data: store.clone(),
            friends: store.clone(),
            conduct: Arc::new(PgConductStore::new(pool.clone(), vault(&[1]))),
            cases: Arc::new(PgCaseStore::new(pool.clone(), vault(&[1]))),
            staff: Arc::new(PgStaffStore::new(pool.clone(), vault(&[1]))),
            corrections: Arc::new(PgCorrectionStore::new(pool.clone(), vault(&[1]))),
            ledger: store,
            treasury: Arc::new(PgTreasury::new(pool.clone(), vault(&[1]))),
            open: Box::new(move || Arc::new(PgJournal::new(&address, pool.clone(), BOT, MAIN).with_vault(of_journal.clone()))),
            memory: None,
            database: Some(database),
        }
    }

    /// The database, where the stores are over one.
    ///
    /// # Panics
    /// With stores in memory.
    pub fn database(&self) -> &TestDatabase {
        self.database.as_ref().unwrap()
    }

    /// Lets leases grow older, by the clock of the database.
    ///
    /// # Panics
    /// When the database cannot be asked.
    pub async fn pass(&self, time: Duration) {
        if let Some(memory) = &self.memory {
            memory.pass(time);
            return;
        }
        let client = self.database().client().await;
        let older = "UPDATE shard_leases SET expires_at = expires_at - $1 * interval '1 s'";
        client.execute(older, &[&time.as_secs_f64()]).await.unwrap();
    }

    /// Opens a journal, as a process of its own would.
    pub fn journal(&self) -> Arc<dyn Journal> {
        (self.open)()
    }
}

/// A process that owns the shard, with short ways to bring things about.
pub struct Scene {
    /// The database.
    pub stores: Stores,
    /// This process's journal.
    pub journal: Arc<dyn Journal>,
    /// Its lease.
    pub lease: Lease,
    numbers: AtomicI64,
}

impl Scene {
    /// Takes the lease of an empty database.
    ///
    /// # Panics
    /// When it cannot be taken.
    pub async fn new(stores: Stores) -> Self {
        let journal = stores.journal();
        let lease = journal.acquire("first", LENGTH).await.unwrap();
        Self { stores, journal, lease, numbers: AtomicI64::new(1 << 40) }
    }

    /// Returns a number that was not used before.
    pub fn number(&self) -> i64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Commits a batch that leaves the watermark alone.
    ///
    /// # Errors
    /// As the journal's.
    pub async fn commit(&self, batch: Batch) -> Result<(), JournalError> {
        self.journal.commit(&self.lease, None, &batch).await
    }

    /// Reads everything.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn load(&self) -> Loaded {
        load(&self.journal, &self.lease, timestamp(0)).await
    }

    /// Stores work for an account and returns its row's number.
    ///
    /// # Panics
    /// When it cannot be stored.
    pub async fn put_work(&self, telegram: TelegramId) -> InboxId {
        let row = inbox(self.number(), telegram, 1);
        let id = row.id;
        self.commit(Batch { inbox: vec![row], at: timestamp(1), ..Batch::default() }).await.unwrap();
        id
    }

    /// Stores work and finishes it with these changes.
    ///
    /// # Errors
    /// As the journal's.
    pub async fn lane(&self, telegram: TelegramId, changes: &[Change]) -> Result<Finished, JournalError> {
        let work = self.put_work(telegram).await;
        let work = LaneResult { inbox: work, telegram, changes: changes.to_vec(), outgoing: Vec::new(), now: timestamp(2) };
        self.journal.finish(&self.lease, &work).await
    }

    /// Registers somebody.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn register(&self, telegram: TelegramId) -> PersonId {
        let change = Change::Register(Box::new(new_person(telegram, Gender::Woman)));
        match self.lane(telegram, &[change]).await.unwrap().facts {
            Some(FactsChange::Registered(facts)) => facts.person,
            other => panic!("registered, but {other:?}"),
        }
    }

    /// Registers two people with the accounts 1 and 2 and puts them into chat 7.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn pair(&self) -> (PersonId, PersonId) {
        let (one, other) = (self.register(telegram(1)).await, self.register(telegram(2)).await);
        self.commit(open_chat(7, one, other)).await.unwrap();
        (one, other)
    }
}

/// The lowest account of a crowd that is in the database beside a test's own people.
pub const CROWD_FROM: TelegramId = TelegramId::new(1_000_000);

/// Reads everything but the crowd.
///
/// # Panics
/// When it cannot be read.
pub async fn load(journal: &Arc<dyn Journal>, lease: &Lease, now: Timestamp) -> Loaded {
    let mut loaded = journal.load(lease, now).await.unwrap();
    let crowd: HashSet<PersonId> =
        loaded.people.iter().filter(|facts| facts.telegram >= CROWD_FROM).map(|facts| facts.person).collect();
    loaded.people.retain(|facts| facts.telegram < CROWD_FROM);
    loaded.lapsed.retain(|person| !crowd.contains(person));
    loaded.seats.retain(|(person, _)| !crowd.contains(person));
    loaded.blocks.retain(|(blocker, _)| !crowd.contains(blocker));
    loaded.upheld.retain(|(person, _)| !crowd.contains(person));
    loaded.holds.retain(|hold| !crowd.contains(&hold.writer));
    loaded.invitations.retain(|row| !crowd.contains(&row.inviter));
    loaded.inbox.retain(|row| row.telegram < CROWD_FROM);
    loaded.outbox.retain(|row| row.receiver < CROWD_FROM);
    loaded
}

/// Wraps a number.
pub fn telegram(number: i64) -> TelegramId {
    TelegramId::new(number)
}

/// Wraps a number.
pub fn update(number: i64) -> Option<UpdateId> {
    Some(UpdateId::new(number))
}

/// Returns a call of ours to an account.
pub fn call(id: i64, receiver: i64, body: &str) -> OutboxRow {
    let body = OutboxBody::Call(Rendered { version: 1, body: body.to_owned() });
    OutboxRow { id: OutboxId::new(id), receiver: telegram(receiver), chat: None, body }
}

/// Returns a relay of message `source` from account 1 to `receiver` in a chat.
pub fn relay(id: i64, receiver: i64, chat: i64, source: i32) -> OutboxRow {
    let relay = Relay {
        from: telegram(1),
        source: MessageId::new(source),
        reply_to: Some(MessageId::new(3)),
        is_protected: source % 2 == 0,
        sent: (source % 3 != 0).then(|| Sent { content: Content::Voice, at: TelegramTime::from_seconds(source.into()) }),
    };
    let chat = Some(ChatId::new(chat));
    OutboxRow { id: OutboxId::new(id), receiver: telegram(receiver), chat, body: OutboxBody::Relay(relay) }
}

/// Returns a change by account 1 to its message `source`, for `receiver` in a chat.
pub fn edit(id: i64, receiver: i64, chat: i64, source: i32) -> OutboxRow {
    let original = Original { from: telegram(1), message: MessageId::new(source) };
    let body = OutboxBody::Edit { original, call: Rendered { version: 1, body: "edit".to_owned() } };
    OutboxRow { id: OutboxId::new(id), receiver: telegram(receiver), chat: Some(ChatId::new(chat)), body }
}

/// Returns work on an update, received so many seconds after the start.
pub fn inbox(id: i64, telegram: TelegramId, received: i64) -> InboxRow {
    let work = InboxWork::Update { update: UpdateId::new(id), payload: r#"{"update_id":1}"#.into() };
    InboxRow { id: InboxId::new(id), telegram, chat: None, work, received_at: timestamp(received) }
}

/// Returns a seat in a chat.
pub fn chatting(chat: i64, side: Side) -> Seat {
    let heard_at = Some(TelegramTime::from_seconds(7));
    let answers = Answers { passes: Questions::EMPTY.with(Question::Media), is_media_asked: true };
    Seat::Chatting { chat: ChatId::new(chat), side, since: timestamp(5), heard_at, has_written: true, answers }
}

/// Returns the end of a chat in which both wrote.
pub fn ended_chat(chat: i64, reason: EndReason, by: Option<PersonId>) -> ChatChange {
    let ended = Some(ChatEnd { reason, by, wrote: [true, true] });
    ChatChange { ended, ..ChatChange::new(ChatId::new(chat)) }
}

/// Returns a batch in which two people begin a chat.
pub fn open_chat(chat: i64, first: PersonId, second: PersonId) -> Batch {
    Batch {
        at: timestamp(5),
        chats: vec![ChatChange { met: Some([first, second]), is_opened: true, ..ChatChange::new(ChatId::new(chat)) }],
        seats: vec![(first, Some(chatting(chat, Side::First))), (second, Some(chatting(chat, Side::Second)))],
        ..Batch::default()
    }
}
