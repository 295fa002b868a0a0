//! What a report freezes: kinds, times and former words, whatever the chat and its people do afterwards.

use luvhive_core::case::{Exhibit, Former, Queue};
use luvhive_core::chat::{ChatText, Content, EndReason, Sent};
use luvhive_core::conduct::{NewReport, ReportReason, ReportWords, SubjectHash, report_words};
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::effect::{FormerWords, Original};
use luvhive_core::engine::{OutboxBody, OutboxRow};
use luvhive_core::id::{ChatId, FormerWordsId, MessageId, OutboxId, PersonId};
use luvhive_core::ports::case::Reader;
use luvhive_core::ports::chats::MessagePair;
use luvhive_core::ports::journal::{Change, Settlement};
use luvhive_core::testing::{BOT, timestamp};
use luvhive_core::time::TelegramTime;

use super::{Scene, Stores, ended_chat, relay, telegram};

/// The reports of every test here are about the chat of [`Scene::pair`].
const CHAT: ChatId = ChatId::new(7);

/// Passes a voice message of account 1 on to account 2, and settles it; returns the number of its row.
async fn pass(scene: &Scene, source: i32, at: i64) -> OutboxId {
    let mut row = relay(scene.number(), 2, 7, source);
    if let OutboxBody::Relay(relay) = &mut row.body {
        relay.sent = Some(Sent { content: Content::Voice, at: TelegramTime::from_seconds(at) });
    }
    let outbox = row.id;
    scene.commit(Batch { at: timestamp(6), outbox: vec![row], ..Batch::default() }).await.unwrap();
    settle(scene, outbox, source).await;
    outbox
}

async fn settle(scene: &Scene, outbox: OutboxId, source: i32) {
    let (source, copy) = (MessageId::new(source), MessageId::new(100 + source));
    let pair = Some(MessagePair { chat: CHAT, from: telegram(1), source, to: telegram(2), copy });
    scene.journal.settle(&scene.lease, &[Settlement { outbox, pair }], timestamp(6)).await.unwrap();
}

/// The message was changed; `pair` is what the engine knows of its row, `words` what stood there.
async fn change(scene: &Scene, source: i32, pair: Option<OutboxId>, words: Option<&str>) {
    let original = Original { from: telegram(1), message: MessageId::new(source) };
    let words = words.map(|words| ChatText::new(words.to_owned()));
    let former = vec![FormerWords { id: FormerWordsId::new(scene.number()), original, pair, words }];
    scene.commit(Batch { at: timestamp(7), former, ..Batch::default() }).await.unwrap();
}

async fn report(scene: &Scene, (account, reporter): (i64, PersonId), reason: ReportReason) {
    let report = NewReport { chat: CHAT, reporter, reason, message: None, messages: Vec::new(), reported_at: timestamp(8) };
    scene.lane(telegram(account), &[Change::Report(report)]).await.unwrap();
}

/// What was frozen with each open report, in the order of the list.
async fn frozen(scene: &Scene, queues: &[Queue]) -> Vec<Vec<Exhibit>> {
    let reader = Reader { by: "ann", queues, is_alone: false, at: timestamp(100) };
    let mut all = Vec::new();
    for line in scene.stores.cases.list_cases(BOT, reader).await.unwrap() {
        let case = scene.stores.cases.show_case(BOT, line.case, reader).await.unwrap();
        all.extend(case.reports.into_iter().map(|filed| filed.evidence));
    }
    all
}

fn words(words: &str) -> Former {
    Former::Words(ChatText::new(words.to_owned()))
}

fn voice(at: i64, is_by_reported: bool, former: Vec<Former>) -> Exhibit {
    let sent = Some(Sent { content: Content::Voice, at: TelegramTime::from_seconds(at) });
    Exhibit { is_by_reported: Some(is_by_reported), is_meant: false, sent, former }
}

async fn end(scene: &Scene, people: [PersonId; 2]) {
    let ended = ended_chat(7, EndReason::Stopped, None);
    let seats = people.map(|person| (person, None)).to_vec();
    scene.commit(Batch { at: timestamp(8), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
}

/// A report after an edit has kind, time and every former wording; of one whose words nobody knew any more, that it changed.
pub async fn former_words_are_frozen_with_a_report(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let first = pass(&scene, 1, 1_000).await;
    pass(&scene, 2, 2_000).await;
    pass(&scene, 3, 3_000).await;
    change(&scene, 1, Some(first), Some("at first")).await;
    change(&scene, 1, Some(first), Some("")).await;
    // The program was started anew, and knows the message by its pair alone; another one has none, so nothing can be about it.
    change(&scene, 2, None, None).await;
    change(&scene, 99, None, None).await;
    report(&scene, (2, other), ReportReason::Threat).await;
    let expected = vec![
        voice(1_000, true, vec![words("at first"), words("")]),
        voice(2_000, true, vec![Former::Unknown]),
        voice(3_000, true, Vec::new()),
    ];
    assert_eq!(frozen(&scene, Queue::ALL).await[0], expected);
    // It was not said yet when the report was made.
    change(&scene, 3, None, Some("afterwards")).await;
    end(&scene, [one, other]).await;
    let leave = [Change::Remember { person: one, subject: SubjectHash::new([1; 32]).into() }, Change::Erase(one)];
    scene.lane(telegram(1), &leave).await.unwrap();
    let left = frozen(&scene, Queue::ALL).await;
    assert_eq!(left[0][..2], expected[..2], "the reported person left");
}

/// Of somebody who left in time, sides, kinds, times and former words are frozen all the same.
pub async fn what_a_leaver_wrote_is_frozen_with_its_former_words(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let row = pass(&scene, 1, 1_000).await;
    change(&scene, 1, Some(row), Some("at first")).await;
    end(&scene, [one, other]).await;
    let leave = [Change::Remember { person: one, subject: SubjectHash::new([1; 32]).into() }, Change::Erase(one)];
    scene.lane(telegram(1), &leave).await.unwrap();
    report(&scene, (2, other), ReportReason::Threat).await;
    assert_eq!(frozen(&scene, Queue::ALL).await, [[voice(1_000, true, vec![words("at first")])]]);
}

/// A report while a message waits for its turn to leave has all that left before; what waits was seen by nobody.
pub async fn a_report_behind_a_full_queue_has_what_was_seen(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (_, other) = scene.pair().await;
    let row = pass(&scene, 1, 1_000).await;
    let waiting: Vec<OutboxRow> = (2..40).map(|source| relay(scene.number(), 2, 7, source)).collect();
    let (next, source) = (waiting[0].id, 2);
    scene.commit(Batch { at: timestamp(6), outbox: waiting, ..Batch::default() }).await.unwrap();
    change(&scene, 1, Some(row), Some("at first")).await;
    change(&scene, source, Some(next), Some("waits")).await;
    report(&scene, (2, other), ReportReason::Threat).await;
    settle(&scene, next, source).await;
    assert_eq!(frozen(&scene, Queue::ALL).await, [[voice(1_000, true, vec![words("at first")])]]);
}

/// Both report at once: each report has the whole, from its own side; and a word that child safety has is for it alone.
pub async fn both_sides_report_at_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let row = pass(&scene, 1, 1_000).await;
    change(&scene, 1, Some(row), Some("at first")).await;
    let (mine, theirs) = (report(&scene, (1, one), ReportReason::Scam), report(&scene, (2, other), ReportReason::Threat));
    tokio::join!(mine, theirs);
    let is_by_reported = |reports: Vec<Vec<Exhibit>>| {
        let mut sides: Vec<_> = reports.iter().map(|frozen| (frozen[0].is_by_reported, frozen[0].former.clone())).collect();
        sides.sort_by_key(|(side, _)| *side);
        sides
    };
    let both = |former: [Former; 2]| {
        let [first, second] = former;
        vec![(Some(false), vec![first]), (Some(true), vec![second])]
    };
    assert_eq!(is_by_reported(frozen(&scene, Queue::ALL).await), both([words("at first"), words("at first")]));
}

/// The words of a message that a report for child safety has are for that role, in every other case as well.
pub async fn words_that_child_safety_has_are_for_it_alone(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let row = pass(&scene, 1, 1_000).await;
    change(&scene, 1, Some(row), Some("at first")).await;
    report(&scene, (1, one), ReportReason::Scam).await;
    assert_eq!(frozen(&scene, &[Queue::General]).await, [[voice(1_000, false, vec![words("at first")])]]);
    report(&scene, (2, other), ReportReason::Minor).await;
    assert_eq!(frozen(&scene, &[Queue::General]).await, [[voice(1_000, false, vec![Former::ForChildSafety])]]);
    assert_eq!(frozen(&scene, &[Queue::ChildSafety]).await, [[voice(1_000, true, vec![words("at first")])]]);
}

/// What a reporter says in their own words stands with their open report, once, and with no other.
pub async fn a_reporter_says_it_in_their_own_words_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let say = async |reporter, words: &str| {
        let words = report_words(words).unwrap();
        scene.lane(telegram(2), &[Change::ReportWords(ReportWords { chat: CHAT, reporter, words })]).await.unwrap();
    };
    say(other, "before there is a report").await;
    report(&scene, (2, other), ReportReason::Other).await;
    say(one, "by somebody else").await;
    for words in ["he wants to know where I live", "a second time"] {
        say(other, words).await;
    }
    let reader = Reader { by: "ann", queues: Queue::ALL, is_alone: false, at: timestamp(100) };
    let case = scene.stores.cases.list_cases(BOT, reader).await.unwrap()[0].case;
    let shown = scene.stores.cases.show_case(BOT, case, reader).await.unwrap();
    let said: Vec<_> = shown.reports.iter().map(|filed| filed.words.as_ref().map(ChatText::as_str)).collect();
    assert_eq!(said, [Some("he wants to know where I live")]);
}
