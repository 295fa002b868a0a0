//! What lanes bring about: once, under the owner's epoch, or not at all.

use luvhive_core::chat::Content;
use luvhive_core::conduct::{NewReport, ReportReason, SubjectHash};
use luvhive_core::correction::support_code;
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::{EndCause, EngineCommand, FactsChange};
use luvhive_core::filter::{Filter, FilterSet};
use luvhive_core::id::{ChatId, InboxId, MessageId, PersonId};
use luvhive_core::person::{
    Bio, CardPart, CardParts, City, Country, Gender, OwnCard, Photo, Profile, QuietHours, Reminders, UiLanguage, Zone,
};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::chats::Occupant;
use luvhive_core::ports::journal::{Change, JournalError, LaneResult};
use luvhive_core::ports::people::DialogRecord;
use luvhive_core::preferences::Preferences;
use luvhive_core::testing::{consent, new_person, profile, timestamp};
use luvhive_core::time::{Day, Timestamp};

use super::{LENGTH, Scene, Stores, call, load, telegram};

/// What the first account's lane did about a row, without anything to send.
fn lane_work(inbox: InboxId, changes: &[Change], now: Timestamp) -> LaneResult {
    LaneResult { inbox, telegram: telegram(1), changes: changes.to_vec(), outgoing: Vec::new(), now }
}

/// A lane's result is applied once; a second time nothing happens.
pub async fn a_lane_finishes_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let work = scene.put_work(telegram(1)).await;
    let command = EngineCommand::Leave { person: PersonId::new(5) };
    let changes = [Change::SetLanguage(UiLanguage::Hindi), Change::ToEngine(command.clone())];
    let finish = async |id| {
        let outgoing = [call(id, 1, "hello")];
        let work = LaneResult { outgoing: outgoing.to_vec(), ..lane_work(work, &changes, timestamp(2)) };
        scene.journal.finish(&scene.lease, &work).await
    };
    let finished = finish(20).await.unwrap();
    assert_eq!(finished.facts, None, "nobody is registered");
    assert!(matches!(finish(21).await, Err(JournalError::Store(StoreError::NotFound))));
    let loaded = scene.load().await;
    assert_eq!((loaded.outbox.len(), loaded.inbox.len()), (1, 0));
    assert_eq!(loaded.commands, finished.commands);
    assert_eq!(loaded.commands.iter().map(|(_, command)| command.clone()).collect::<Vec<_>>(), [command]);
    assert!(scene.journal.list_commands(&scene.lease).await.unwrap().is_empty(), "those are of operators only");
    let done = loaded.commands.iter().map(|(id, _)| *id).collect();
    scene.commit(Batch { commands_done: done, ..Batch::default() }).await.unwrap();
    assert!(scene.load().await.commands.is_empty());
}

/// A lane of an owner that was frozen and thawed stores nothing.
pub async fn a_thawed_owners_lane_is_fenced(stores: Stores) {
    let scene = Scene::new(stores).await;
    let work = scene.put_work(telegram(1)).await;
    let rival = scene.stores.journal();
    scene.stores.pass(LENGTH).await;
    let newer = rival.acquire("second", LENGTH).await.unwrap();
    let changes = [Change::SetLanguage(UiLanguage::Hindi)];
    let late = scene.journal.finish(&scene.lease, &lane_work(work, &changes, timestamp(11))).await;
    assert!(matches!(late, Err(JournalError::Fenced)), "{late:?}");
    assert_eq!(scene.stores.people.get_visitor(telegram(1)).await.unwrap().language, None);
    assert_eq!(load(&rival, &newer, timestamp(11)).await.inbox.len(), 1);
    rival.finish(&newer, &lane_work(work, &changes, timestamp(11))).await.unwrap();
}

/// A refused change takes the whole lane's result with it, and the work stays.
pub async fn a_refused_lane_leaves_its_work(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.register(telegram(1)).await;
    let work = scene.put_work(telegram(1)).await;
    let again = Change::Register(Box::new(new_person(telegram(1), Gender::Man)));
    let changes = [Change::SetLanguage(UiLanguage::Hindi), again];
    match scene.journal.finish(&scene.lease, &lane_work(work, &changes, timestamp(3))).await {
        Err(JournalError::Store(StoreError::Conflict { constraint })) => {
            assert_eq!(constraint, "people_bot_id_telegram_id_key");
        }
        other => panic!("a conflict, but {other:?}"),
    }
    assert_eq!(scene.stores.people.get_visitor(telegram(1)).await.unwrap().language, None);
    assert_eq!(scene.load().await.inbox.len(), 1);
}

/// What a visitor does is read back, before and after the registration.
pub async fn a_visitor_is_read_back(stores: Stores) {
    let scene = Scene::new(stores).await;
    let blank = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((blank.language, blank.refused_at, blank.dialog, blank.consent, blank.person), (None, None, None, None, None));
    let dialog = DialogRecord { version: 3, state: "step=country".to_owned() };
    let changes = [Change::SetLanguage(UiLanguage::Hindi), Change::Consent(consent()), Change::Dialog(Some(dialog.clone()))];
    assert_eq!(scene.lane(telegram(1), &changes).await.unwrap().facts, None);
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((visitor.language, visitor.dialog, visitor.consent), (Some(UiLanguage::Hindi), Some(dialog), Some(consent())));
    let person = new_person(telegram(1), Gender::Woman);
    let finished = scene.lane(telegram(1), &[Change::Dialog(None), Change::Register(Box::new(person.clone()))]).await.unwrap();
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    let registered = visitor.person.unwrap();
    assert_eq!(finished.facts, Some(FactsChange::Registered(Box::new(registered.facts.clone()))));
    assert_eq!((registered.profile, visitor.dialog), (person.profile().clone(), None));
    assert_eq!(scene.load().await.people, [registered.facts]);
}

/// Profile, preferences and language come back with the facts; gender and date of birth stay.
pub async fn edits_come_back_as_facts(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let city = City::new("São Paulo").unwrap();
    let edited = Profile { country: Country::from_code("BR").unwrap(), city: Some(city.clone()), ..profile(Gender::Man) };
    let card = CardParts::EMPTY.with(CardPart::City).with(CardPart::Bio);
    let (bio, photo) = (Bio::new("I read a lot.").ok(), Photo::new("AgACAgQAAx"));
    let edited = Profile { bio: bio.clone(), photo, card, ..edited };
    let wanted = Preferences {
        country: Country::from_code("US"),
        demands: Filter::switches().collect(),
        accepts_media: false,
        withheld: [Content::Photo, Content::VideoNote].into_iter().collect(),
        protects_content: true,
        reminders: Reminders { are_on: false, zone: Zone::from_name("America/Sao_Paulo"), quiet: QuietHours::new(1, 5) },
        ..Preferences::open_to([Gender::Man].into_iter().collect())
    };
    let changes = [
        Change::Profile(person, Box::new(edited.clone())),
        Change::Preferences(person, wanted.clone()),
        Change::SetLanguage(UiLanguage::Hindi),
    ];
    let Some(FactsChange::Registered(facts)) = scene.lane(telegram(1), &changes).await.unwrap().facts else { panic!("facts") };
    assert_eq!((facts.gender, facts.country.code(), facts.city_mark), (Gender::Woman, "BR", Some(city.mark())));
    assert_eq!((&facts.preferences, facts.language), (&wanted, UiLanguage::Hindi));
    assert_eq!(facts.card, OwnCard { parts: card, city: Some(city), bio });
    assert_eq!(scene.load().await.people, [*facts]);
    let read = scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap();
    assert_eq!(read.profile, Profile { gender: Gender::Woman, ..edited });
    assert_eq!(read.facts.registered_at, timestamp(0));
    // What is taken away is gone, and what is not shown is not held in memory.
    let bare = Profile { city: None, bio: None, photo: None, card: CardParts::EMPTY, ..read.profile };
    let quiet = Reminders { quiet: None, zone: None, are_on: true };
    let still = Preferences { reminders: quiet, ..wanted };
    let changes = [Change::Profile(person, Box::new(bare.clone())), Change::Preferences(person, still.clone())];
    let Some(FactsChange::Registered(facts)) = scene.lane(telegram(1), &changes).await.unwrap().facts else { panic!("facts") };
    assert_eq!((&facts.card, &facts.preferences), (&OwnCard { parts: CardParts::EMPTY, city: None, bio: None }, &still));
    assert_eq!(scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap().profile, bare);
    for filter in Filter::switches() {
        let wanted = Preferences { demands: FilterSet::EMPTY.with(filter), ..facts.preferences.clone() };
        let finished = scene.lane(telegram(1), &[Change::Preferences(person, wanted.clone())]).await.unwrap();
        let Some(FactsChange::Registered(facts)) = finished.facts else { panic!("facts") };
        assert_eq!(facts.preferences, wanted, "{filter}");
    }
}

/// A visitor who wants nothing kept leaves nothing but a refusal.
pub async fn a_visitor_is_forgotten(stores: Stores) {
    let scene = Scene::new(stores).await;
    let dialog = DialogRecord { version: 1, state: "step=country".to_owned() };
    let answered = [Change::SetLanguage(UiLanguage::Hindi), Change::Consent(consent()), Change::Dialog(Some(dialog))];
    let code = support_code(&SubjectHash::new([2; 32]));
    let refusal = Change::RefuseMinor { at: timestamp(3), born: Day::from_ymd(2012, 4, 23), code };
    for number in [1, 2] {
        scene.lane(telegram(number), &answered).await.unwrap();
    }
    scene.lane(telegram(1), &[Change::Forget]).await.unwrap();
    scene.lane(telegram(2), &[refusal, Change::Forget]).await.unwrap();
    for (number, refused_at) in [(1, None), (2, Some(timestamp(3)))] {
        let visitor = scene.stores.people.get_visitor(telegram(number)).await.unwrap();
        assert_eq!((visitor.language, visitor.dialog, visitor.consent), (None, None, None));
        assert_eq!(visitor.refused_at, refused_at);
    }
}

/// A refused minor stays refused, whatever date comes next.
pub async fn a_refused_minor_cannot_register(stores: Stores) {
    let scene = Scene::new(stores).await;
    for at in [3, 9] {
        let (born, code) = (Day::from_ymd(2012, 4, 23), support_code(&SubjectHash::new([1; 32])));
        scene.lane(telegram(1), &[Change::RefuseMinor { at: timestamp(at), born, code }]).await.unwrap();
    }
    assert_eq!(scene.stores.people.get_visitor(telegram(1)).await.unwrap().refused_at, Some(timestamp(3)));
    let late = scene.lane(telegram(1), &[Change::Register(Box::new(new_person(telegram(1), Gender::Man)))]).await;
    match late {
        Err(JournalError::Store(StoreError::Conflict { constraint })) => assert_eq!(constraint, "visitors_refused_at_check"),
        other => panic!("a conflict, but {other:?}"),
    }
}

/// Who says so is refused and suspended for ever, once; a person who is refused already is not suspended anew.
pub async fn a_member_can_say_that_they_are_a_minor(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    for at in [3, 9] {
        let code = support_code(&SubjectHash::new([1; 32]));
        scene.lane(telegram(1), &[Change::RefuseMember { person, at: timestamp(at), code }]).await.unwrap();
        let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
        assert_eq!(visitor.refused_at, Some(timestamp(3)));
        assert_eq!(visitor.person.unwrap().facts.suspended_until, Some(Timestamp::MAX));
        assert_eq!(scene.load().await.people.remove(0).suspended_until, Some(Timestamp::MAX));
    }
}

/// Only the first rating of a chat by each side counts, and only by those who were in it.
pub async fn a_chat_is_rated_once_a_side(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let rate = |rater, rated, is_good| {
        let chat = ChatId::new(7);
        let command = EngineCommand::Rated { person: rated, is_good, chat };
        [Change::Rate { chat, rater, rated, is_good, at: timestamp(8) }, Change::ToEngine(command)]
    };
    assert_eq!(scene.lane(telegram(1), &rate(one, other, true)).await.unwrap().commands.len(), 1);
    // The engine is told nothing about what does not count.
    assert!(scene.lane(telegram(1), &rate(one, other, false)).await.unwrap().commands.is_empty());
    assert!(scene.lane(telegram(3), &rate(third, other, false)).await.unwrap().commands.is_empty());
    assert_eq!(scene.lane(telegram(2), &rate(other, one, false)).await.unwrap().commands.len(), 1);
    let loaded = scene.load().await;
    let counts: Vec<_> = loaded.people.iter().map(|facts| (facts.ratings_up, facts.ratings_down)).collect();
    assert_eq!(counts, [(0, 1), (1, 0), (0, 0)]);
    assert!(loaded.commands.is_empty(), "the facts hold these ratings already");
}

/// A block is for ever and counts once; a report as well.
pub async fn blocks_and_reports_count_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let report = |reporter| NewReport {
        chat: ChatId::new(7),
        reporter,
        reason: ReportReason::Scam,
        message: Some(MessageId::new(4)),
        messages: vec![MessageId::new(3), MessageId::new(4)],
        reported_at: timestamp(8),
    };
    let changes = [
        Change::Block { blocker: one, blocked: other, chat: ChatId::new(7), at: timestamp(8) },
        Change::Report(report(one)),
        Change::ToEngine(EngineCommand::Separate { by: one, other, cause: EndCause::Report }),
    ];
    for _ in 0..2 {
        scene.lane(telegram(1), &changes).await.unwrap();
    }
    // Somebody gone meanwhile is no conflict, and an outsider cannot report.
    let outside = [
        Change::Block { blocker: third, blocked: PersonId::new(999_999_999), chat: ChatId::new(7), at: timestamp(8) },
        Change::Report(report(third)),
    ];
    scene.lane(telegram(3), &outside).await.unwrap();
    assert_eq!(scene.load().await.blocks, [(one, other)]);
    let open = scene.stores.conduct.list_open_reports(luvhive_core::testing::BOT, 10).await.unwrap();
    assert_eq!(open.iter().map(|open| (open.messages_count, open.open_about_same)).collect::<Vec<_>>(), [(2, 1)]);
}

/// Erasing needs an empty seat, then leaves nothing that the ports can see.
pub async fn an_erased_person_is_gone(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    scene
        .lane(telegram(1), &[Change::Block { blocker: other, blocked: one, chat: ChatId::new(7), at: timestamp(6) }])
        .await
        .unwrap();
    match scene.lane(telegram(1), &[Change::Erase(one)]).await {
        Err(JournalError::Store(StoreError::Conflict { constraint })) => assert_eq!(constraint, "seats_bot_id_person_id_fkey"),
        other => panic!("a conflict, but {other:?}"),
    }
    scene.commit(Batch { seats: vec![(one, None), (other, None)], ..Batch::default() }).await.unwrap();
    let finished = scene.lane(telegram(1), &[Change::Erase(one)]).await.unwrap();
    assert_eq!(finished.facts, Some(FactsChange::Erased));
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((visitor.person, visitor.consent), (None, None));
    let loaded = scene.load().await;
    assert_eq!((loaded.people.len(), loaded.blocks.len()), (1, 0));
    let last = scene.stores.chats.find_last_chat(other).await.unwrap().unwrap();
    assert_eq!(last.other_of(other), Some(Occupant::Left(None)), "the last chat is the last chat");
    // The account may come back as somebody new.
    assert_ne!(scene.register(telegram(1)).await, one);
}

/// Who asked to leave is there until the time comes, and stays if they take it back.
pub async fn a_leaver_can_stay(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    for at in [Some(timestamp(86_400)), None] {
        let command = EngineCommand::Leaving { person, at };
        let finished =
            scene.lane(telegram(1), &[Change::Leaving { person, at }, Change::ToEngine(command.clone())]).await.unwrap();
        assert_eq!(finished.commands.into_iter().map(|(_, command)| command).collect::<Vec<_>>(), [command]);
        let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
        assert_eq!(visitor.person.unwrap().facts.leaves_at, at);
        assert_eq!(scene.load().await.people[0].leaves_at, at);
    }
}

/// A consent that was taken back is gone, and the person has to be asked again.
pub async fn a_consent_can_be_taken_back(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    assert_eq!(scene.load().await.lapsed, []);
    let command = EngineCommand::Unconsented { person };
    scene.lane(telegram(1), &[Change::Unconsent, Change::ToEngine(command)]).await.unwrap();
    assert_eq!(scene.stores.people.get_visitor(telegram(1)).await.unwrap().consent, None);
    assert_eq!(scene.load().await.lapsed, [person]);
}
