//! The town around the phone: a database in memory with the people somebody met. Everything in it is written through the
//! ports, as the engine, lanes and operators write it, so a test cannot ask about a state that the product never stores.

use std::future::Future;
use std::time::Duration;

use futures_util::FutureExt as _;
use luvhive_core::chat::{Answers, EndReason, Seat, Side};
use luvhive_core::conduct::{NewSanction, SanctionKind, Subject};
use luvhive_core::correction::{Fact, NewCorrection, Whom};
use luvhive_core::engine::batch::{Batch, ChatChange, ChatEnd, InboxRow, InboxWork};
use luvhive_core::id::{ChatId, InboxId, OutboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::person::Gender;
use luvhive_core::ports::conduct::{ConductStore, SanctionOutcome};
use luvhive_core::ports::corrections::CorrectionStore;
use luvhive_core::ports::ledger::{GrantOutcome, NewGrant};
use luvhive_core::ports::{
    Change, Journal, LaneResult, Lease, MessagePair, PeopleStore, RegisteredPerson, Settlement, Treasury, Visitor,
};
use luvhive_core::testing::{BOT, MAIN, MemoryJournal, MemoryStore, new_person};
use luvhive_core::time::{Day, TelegramTime, Timestamp};

/// Whose phone it is.
pub(super) const ME: TelegramId = account(MY_PERSON);
/// The number they get when they register.
pub(super) const MY_PERSON: PersonId = PersonId::new(11);
/// Somebody they met.
pub(super) const PARTNER: PersonId = PersonId::new(22);
/// 2026-03-01T12:30:00Z.
pub(super) const START: Timestamp = Timestamp::from_millis(1_772_368_200_000);

/// The account of a person.
pub(super) const fn account(person: PersonId) -> TelegramId {
    TelegramId::new(91 * person.get())
}

/// What a store in memory answers: at once, and without an error.
#[track_caller]
pub(super) fn at_once<T, E: std::fmt::Debug>(answer: impl Future<Output = Result<T, E>>) -> T {
    answer.now_or_never().unwrap().unwrap()
}

/// A database and the right to write to it.
pub(super) struct Town {
    pub(super) store: MemoryStore,
    journal: MemoryJournal,
    lease: Lease,
}

impl Town {
    /// A town without people.
    pub(super) fn new() -> Self {
        let store = MemoryStore::new(BOT, MAIN);
        store.count_from(MY_PERSON.get());
        Self::over(store)
    }

    fn over(store: MemoryStore) -> Self {
        let journal = store.journal();
        let lease = at_once(journal.acquire("town", Duration::from_hours(1)));
        Self { store, journal, lease }
    }

    /// A second town with the same people.
    pub(super) fn fork(&self) -> Self {
        Self::over(self.store.fork())
    }

    pub(super) fn visitor(&self, telegram: TelegramId) -> Visitor {
        at_once(self.store.get_visitor(telegram))
    }

    #[track_caller]
    pub(super) fn person(&self, person: PersonId) -> RegisteredPerson {
        self.visitor(account(person)).person.unwrap()
    }

    fn commit(&self, batch: &Batch) {
        at_once(self.journal.commit(&self.lease, None, batch));
    }

    /// Commits the result of a lane of this account.
    #[track_caller]
    pub(super) fn finish(&self, telegram: TelegramId, changes: &[Change]) {
        let work = InboxWork::Update { update: UpdateId::new(1), payload: "{}".into() };
        // The row leaves with its lane, so one number serves all.
        let row = InboxRow { id: InboxId::new(1), telegram, chat: None, work, received_at: START };
        let id = row.id;
        self.commit(&Batch { inbox: vec![row], at: START, ..Batch::default() });
        let result = LaneResult { inbox: id, telegram, changes: changes.to_vec(), outgoing: Vec::new(), now: START };
        at_once(self.journal.finish(&self.lease, &result));
    }

    /// Somebody registers under this number.
    pub(super) fn register(&self, person: PersonId) {
        self.register_account(person, account(person));
    }

    fn register_account(&self, person: PersonId, telegram: TelegramId) {
        self.store.count_from(person.get());
        self.finish(telegram, &[Change::Register(Box::new(new_person(telegram, Gender::Man)))]);
        if self.visitor(ME).person.is_none() {
            self.store.count_from(MY_PERSON.get());
        }
    }

    /// Somebody had this phone's account, was suspended and left; what is kept of them lies under `subject`.
    pub(super) fn leave_before(&self, until: Timestamp, subject: Subject) {
        let person = PersonId::new(5);
        self.register_account(person, ME);
        self.suspend(ME, until);
        self.finish(ME, &[Change::Remember { person, subject }, Change::Erase(person)]);
        self.store.count_from(MY_PERSON.get());
    }

    /// Somebody leaves; nothing is known of them any more unless `subject` says how.
    pub(super) fn leave(&self, person: PersonId, subject: Option<Subject>) {
        let remember = subject.map(|subject| Change::Remember { person, subject });
        let changes: Vec<_> = remember.into_iter().chain([Change::Erase(person)]).collect();
        self.finish(account(person), &changes);
    }

    /// These two have a chat in which both write; `until` is its end, if it is over.
    pub(super) fn chat(&self, chat: ChatId, people: [PersonId; 2], from: Timestamp, until: Option<Timestamp>) {
        let met = ChatChange { met: Some(people), is_opened: true, ..ChatChange::new(chat) };
        let seats = [Side::First, Side::Second].into_iter().zip(people);
        let heard_at = Some(TelegramTime::at(from, 0));
        let sit = |side| Seat::Chatting { chat, side, since: from, heard_at, has_written: true, answers: Answers::default() };
        let seats = seats.map(|(side, person)| (person, Some(sit(side))));
        self.commit(&Batch { chats: vec![met], seats: seats.collect(), at: from, ..Batch::default() });
        let Some(until) = until else { return };
        let end = ChatEnd { reason: EndReason::Stopped, by: Some(people[0]), wrote: [true, true] };
        let ended = ChatChange { ended: Some(end), ..ChatChange::new(chat) };
        let seats = people.map(|person| (person, None)).to_vec();
        self.commit(&Batch { chats: vec![ended], seats, at: until, ..Batch::default() });
    }

    /// Messages were passed on in a chat, the earliest first.
    pub(super) fn pass(&self, pairs: &[MessagePair]) {
        let settlements: Vec<_> =
            (1..).zip(pairs).map(|(row, pair)| Settlement { outbox: OutboxId::new(row), pair: Some(*pair) }).collect();
        at_once(self.journal.settle(&self.lease, &settlements, START));
    }

    /// Two become friends: `asker` asked, in or after this chat.
    pub(super) fn befriend(&self, asker: PersonId, person: PersonId, chat: ChatId) {
        self.ask(asker, person, chat);
        self.finish(account(person), &[Change::Befriend { person, asker, at: START }]);
    }

    /// One asks the other to be friends.
    pub(super) fn ask(&self, asker: PersonId, person: PersonId, chat: ChatId) {
        let request = Change::AskFriend { asker, other: person, chat, at: START };
        self.finish(account(asker), &[request]);
    }

    /// The first blocks the second.
    pub(super) fn block(&self, by: PersonId, other: PersonId, chat: ChatId) {
        self.finish(account(by), &[Change::Block { blocker: by, blocked: other, chat, at: START }]);
    }

    /// Staff suspends an account, forever with [`Timestamp::MAX`].
    #[track_caller]
    pub(super) fn suspend(&self, telegram: TelegramId, until: Timestamp) {
        self.suspend_at(telegram, until, START);
    }

    /// Staff suspends an account at a time of its own.
    #[track_caller]
    pub(super) fn suspend_at(&self, telegram: TelegramId, until: Timestamp, decided_at: Timestamp) {
        let pseudonym = self.visitor(telegram).person.unwrap().pseudonym;
        let kind = if until == Timestamp::MAX { SanctionKind::Ban } else { SanctionKind::Suspend };
        let (reason, decided_by) = ("spam".to_owned(), "ann".to_owned());
        let sanction = NewSanction { pseudonym, kind, text: None, rule: None, until, reason, decided_by, decided_at };
        assert_eq!(at_once(self.store.insert_sanction(BOT, sanction)), SanctionOutcome::Stored);
    }

    /// Staff gives me days of premium from the start.
    pub(super) fn give_premium(&self, days: u16) {
        let pseudonym = self.person(MY_PERSON).pseudonym;
        let (reason, granted_by) = ("thanks".to_owned(), "ann".to_owned());
        let grant = NewGrant { pseudonym, days, reason, granted_by, granted_at: START };
        assert!(matches!(at_once(self.store.insert_grant(BOT, grant)), GrantOutcome::Stored(_)));
    }

    /// I search with what premium gives.
    pub(super) fn use_premium(&self, at: Timestamp) {
        self.commit(&Batch { premium_used: vec![MY_PERSON], at, ..Batch::default() });
    }

    /// Support finds that I was born on this day.
    pub(super) fn correct(&self, born: Day) {
        let whom = Whom::Person(self.person(MY_PERSON).pseudonym);
        let (reason, second, decided_by) = ("a passport".to_owned(), Some("bea".to_owned()), "ann".to_owned());
        let correction = NewCorrection { whom, fact: Fact::Born(born), reason, second, decided_by, decided_at: START };
        at_once(self.store.insert_correction(BOT, correction));
    }
}
