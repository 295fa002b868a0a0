//! Five hundred people, fifty of them a ring that reports together, and banned people who come back.

use luvhive_core::case::{Queue, Verdict};
use luvhive_core::chat::EndReason;
use luvhive_core::conduct::{Decision, NewReport, Pseudonym, ReportReason, Subject, SubjectHash};
use luvhive_core::engine::batch::Batch;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::person::Gender;
use luvhive_core::ports::case::{NewVerdict, Reader};
use luvhive_core::ports::journal::Change;
use luvhive_core::testing::{BOT, new_person, timestamp};
use luvhive_core::time::Timestamp;
use luvhive_tests::contract::{Scene, Stores, ended_chat, open_chat, telegram};

const PEOPLE: i64 = 500;
const RING: i64 = 50;
const VICTIMS: i64 = 10;
const OFFENDERS: i64 = 20;
/// When the reports are made: the honest have been here for a month by then.
const MONTH: i64 = 30 * 86_400;

/// What the offenders do, from the gravest on, and how grave it is.
const OFFENCES: [(ReportReason, u32); 5] = [
    (ReportReason::Threat, 90),
    (ReportReason::Image, 80),
    (ReportReason::Explicit, 60),
    (ReportReason::Hate, 50),
    (ReportReason::Scam, 40),
];

struct Town {
    scene: Scene,
    chats: i64,
}

impl Town {
    async fn chat(&mut self, people: [PersonId; 2]) -> ChatId {
        self.chats += 1;
        let number = 1_000 + self.chats;
        self.scene.commit(open_chat(number, people[0], people[1])).await.unwrap();
        let ended = ended_chat(number, EndReason::Stopped, None);
        let seats = people.map(|person| (person, None)).to_vec();
        let batch = Batch { at: timestamp(MONTH), chats: vec![ended], seats, ..Batch::default() };
        self.scene.commit(batch).await.unwrap();
        ChatId::new(number)
    }

    /// They chat, and the first one reports the second one.
    async fn report(&mut self, by: PersonId, about: PersonId, reason: ReportReason) {
        let chat = self.chat([by, about]).await;
        let reported_at = timestamp(MONTH + self.chats);
        let report = NewReport { chat, reporter: by, reason, message: None, messages: Vec::new(), reported_at };
        self.scene.lane(telegram(1), &[Change::Report(report)]).await.unwrap();
    }

    async fn pseudonym(&self, account: i64) -> Pseudonym {
        self.scene.stores.people.get_visitor(telegram(account)).await.unwrap().person.unwrap().pseudonym
    }
}

fn reader(at: i64) -> Reader<'static> {
    Reader { by: "ann", queues: Queue::ALL, is_alone: false, at: timestamp(at) }
}

fn subject(account: i64) -> Subject {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&account.to_be_bytes());
    SubjectHash::new(bytes).into()
}

/// Fifty accounts that are hours old report ten honest people together. Nobody is banned by numbers, the reports of others
/// come first, and each that is dismissed makes the ring's next ones weigh less. Banned people who come back stay banned.
#[tokio::test]
async fn a_ring_bans_nobody_and_who_is_banned_stays_away() {
    let mut town = Town { scene: Scene::new(Stores::memory()).await, chats: 0 };
    let mut people = Vec::new();
    for account in 1..=PEOPLE {
        people.push(town.scene.register(telegram(account)).await);
    }
    let index = |account: i64| usize::try_from(account - 1).unwrap();
    // The last fifty are the ring; the first ten their victims; the next twenty break rules.
    let ring: Vec<PersonId> = (PEOPLE - RING + 1..=PEOPLE).map(|account| people[index(account)]).collect();
    for (place, by) in ring.iter().enumerate() {
        let victim = people[place % usize::try_from(VICTIMS).unwrap()];
        town.report(*by, victim, ReportReason::Scam).await;
    }
    let mut planted = Vec::new();
    for number in 0..OFFENDERS {
        let account = VICTIMS + 1 + number;
        let (reason, gravity) = OFFENCES[usize::try_from(number).unwrap() % OFFENCES.len()];
        let reporter = people[index(100 + number)];
        // Somebody who chats and is believed.
        for other in 0..20 {
            town.chat([reporter, people[index(200 + other)]]).await;
        }
        town.report(reporter, people[index(account)], reason).await;
        planted.push((town.pseudonym(account).await, gravity));
    }

    let everybody = town.scene.load().await.people;
    let ring_bans = everybody.iter().filter(|facts| facts.suspended_until.is_some()).count();
    assert_eq!(ring_bans, 0, "reports alone suspend nobody");
    let listed = town.scene.stores.cases.list_cases(BOT, reader(2 * MONTH)).await.unwrap();
    assert_eq!(listed.len(), usize::try_from(VICTIMS + OFFENDERS).unwrap());
    let gravity = |about: &Pseudonym| planted.iter().find(|(name, _)| name == about).map_or(0, |(_, gravity)| *gravity);
    let order: Vec<u32> = listed.iter().map(|case| gravity(&case.about)).collect();
    let mut right = order.clone();
    right.sort_by_key(|gravity| std::cmp::Reverse(*gravity));
    assert_eq!(order, right, "the graver a planted offence, the earlier its case; the ring's come last");

    // The moderator decides what is true.
    let mut banned = Vec::new();
    for (turn, case) in (1..).zip(listed) {
        let at = 2 * MONTH + turn;
        town.scene.stores.cases.show_case(BOT, case.case, reader(at)).await.unwrap();
        let is_true = gravity(&case.about) > 0;
        let ban = Verdict::Sanction { rule: None, decision: Decision::Ban };
        let new = NewVerdict::new(case.case, if is_true { ban } else { Verdict::Dismiss }, "it was so").unwrap();
        town.scene.stores.cases.decide_case(BOT, &new, reader(at)).await.unwrap();
        if is_true {
            banned.push(case.about);
        }
    }
    assert_eq!(banned.len(), usize::try_from(OFFENDERS).unwrap());
    let bans = town.scene.stores.cases.list_pending_bans(BOT, reader(2 * MONTH + 100)).await.unwrap();
    for ban in &bans {
        let by = Reader { by: "bob", ..reader(2 * MONTH + 100) };
        town.scene.stores.cases.confirm_ban(BOT, ban.sanction, by).await.unwrap();
    }
    // Reports of somebody whose last one was dismissed weigh a tenth of what a grave one weighs.
    town.report(ring[0], people[index(300)], ReportReason::Scam).await;
    let next = town.scene.stores.cases.list_cases(BOT, reader(2 * MONTH + 200)).await.unwrap().remove(0);
    let shown = town.scene.stores.cases.show_case(BOT, next.case, reader(2 * MONTH + 200)).await.unwrap();
    assert_eq!(shown.reports[0].reporter.dismissed, 1);
    assert!(next.severity <= 22, "{}", next.severity);

    // They leave and register again, all of them.
    let mut evaders_back = 0;
    for account in VICTIMS + 1..=VICTIMS + OFFENDERS {
        let (person, subject) = (people[index(account)], subject(account));
        town.scene.lane(telegram(account), &[Change::Remember { person, subject }, Change::Erase(person)]).await.unwrap();
        let former = town.scene.stores.people.find_former(&subject).await.unwrap().unwrap();
        assert_eq!(former.suspended_until, Some(Timestamp::MAX), "the gate refuses them");
        // Even where the gate was passed in the same moment.
        let register = Change::Register(Box::new(new_person(telegram(account), Gender::Man)));
        town.scene.lane(telegram(account), &[register, Change::Recall(subject)]).await.unwrap();
        let back = town.scene.stores.people.get_visitor(telegram(account)).await.unwrap().person.unwrap();
        evaders_back += i64::from(back.facts.suspended_until != Some(Timestamp::MAX));
    }
    assert_eq!(evaders_back, 0);
}
