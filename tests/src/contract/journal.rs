//! Batches: what they write, what they never write, and who may write them.

use luvhive_core::chat::seat::Widening;
use luvhive_core::chat::{Answers, Content, EndReason, Hold, Question, Questions, Seat, Side};
use luvhive_core::engine::Parting;
use luvhive_core::engine::batch::{Batch, ChatChange, ChatEnd, DeadUpdate};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::filter::Filter;
use luvhive_core::id::{AlbumId, ChatId, HoldId, MessageId, OutboxId, UpdateId};
use luvhive_core::invitation::{Invitation, InvitationState};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::chats::MessagePair;
use luvhive_core::ports::journal::{Change, JournalError, Settlement};
use luvhive_core::testing::timestamp;

use super::{LENGTH, Scene, Stores, call, chatting, edit, ended_chat, inbox, load, open_chat, relay, telegram, update};

/// What a batch holds is read back, in the promised order.
pub async fn a_batch_is_read_back_in_order(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let waiting = Seat::Waiting { since: timestamp(4), widening: Widening::EMPTY.with(Filter::Age).with(Filter::Verified) };
    let rows = vec![relay(20, 2, 7, 50), call(21, 1, "ж \"quoted\" \\ \n"), call(22, 2, ""), edit(23, 2, 7, 50)];
    // A clock may go back; the numbers do not.
    let first = inbox(30, telegram(1), 9);
    let second = inbox(31, telegram(2), 8);
    let batch = Batch {
        watermark: update(100),
        at: timestamp(6),
        seats: vec![(third, Some(waiting))],
        outbox: rows.clone(),
        inbox: vec![first.clone(), second.clone()],
        seen: vec![UpdateId::new(99), UpdateId::new(100)],
        ..Batch::default()
    };
    scene.commit(batch).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.watermark, update(100));
    assert_eq!(loaded.outbox, rows);
    assert_eq!(loaded.inbox, [first, second]);
    let seats = [(one, chatting(7, Side::First)), (other, chatting(7, Side::Second)), (third, waiting)];
    assert_eq!(loaded.seats, seats);
    assert_eq!(loaded.people.iter().map(|facts| facts.person).collect::<Vec<_>>(), [one, other, third]);
    assert_eq!(loaded.seen, [UpdateId::new(99), UpdateId::new(100)]);
}

/// A writer of another epoch stores nothing.
pub async fn a_batch_of_another_epoch_is_fenced(stores: Stores) {
    let scene = Scene::new(stores).await;
    let rival = scene.stores.journal();
    scene.stores.pass(LENGTH).await;
    let newer = rival.acquire("second", LENGTH).await.unwrap();
    let batch = Batch { outbox: vec![call(20, 1, "x")], ..Batch::default() };
    assert!(matches!(scene.commit(batch.clone()).await, Err(JournalError::Fenced)));
    assert!(matches!(scene.journal.load(&scene.lease, timestamp(10)).await, Err(JournalError::Fenced)));
    assert!(load(&rival, &newer, timestamp(10)).await.outbox.is_empty());
    rival.commit(&newer, None, &batch).await.unwrap();
    assert_eq!(load(&rival, &newer, timestamp(10)).await.outbox, batch.outbox);
}

/// A writer that is not where the tables are stores nothing.
pub async fn a_batch_after_another_watermark_is_fenced(stores: Stores) {
    let scene = Scene::new(stores).await;
    let first = Batch { watermark: update(10), ..Batch::default() };
    scene.journal.commit(&scene.lease, None, &first).await.unwrap();
    let second = Batch { watermark: update(11), outbox: vec![call(20, 1, "x")], ..Batch::default() };
    for wrong in [None, update(9), update(11)] {
        assert!(matches!(scene.journal.commit(&scene.lease, wrong, &second).await, Err(JournalError::Fenced)), "{wrong:?}");
    }
    assert_eq!((scene.load().await.watermark, scene.load().await.outbox.len()), (update(10), 0));
    scene.journal.commit(&scene.lease, update(10), &second).await.unwrap();
    assert_eq!((scene.load().await.watermark, scene.load().await.outbox.len()), (update(11), 1));
}

/// Batches that bring no update leave the watermark, one after the other.
pub async fn batches_without_updates_leave_the_watermark(stores: Stores) {
    let scene = Scene::new(stores).await;
    let first = Batch { watermark: update(10), at: timestamp(1), ..Batch::default() };
    scene.journal.commit(&scene.lease, None, &first).await.unwrap();
    for id in 20..23 {
        let batch = Batch { outbox: vec![call(id, 1, "x")], at: timestamp(id), ..Batch::default() };
        scene.journal.commit(&scene.lease, update(10), &batch).await.unwrap();
    }
    let loaded = scene.load().await;
    assert_eq!((loaded.watermark, loaded.outbox.len()), (update(10), 3));
    let again = scene.journal.acquire("first", LENGTH).await.unwrap();
    assert_eq!((again.watermark, again.watermark_at), (update(10), Some(timestamp(1))));
}

/// A third person, a second seat on a side, a chat that was there: refused by name, and nothing of the batch stays.
pub async fn a_refused_batch_leaves_nothing(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let refused = [
        (Batch { seats: vec![(third, Some(chatting(7, Side::First)))], ..Batch::default() }, "seats_bot_id_chat_id_side_key"),
        (Batch { seats: vec![(third, Some(chatting(8, Side::First)))], ..Batch::default() }, "seats_bot_id_chat_id_fkey"),
        (open_chat(7, one, other), "chats_bot_id_id_pkey"),
    ];
    for (batch, expected) in refused {
        let batch = Batch { watermark: update(5), outbox: vec![call(20, 1, "x")], ..batch };
        match scene.commit(batch).await {
            Err(JournalError::Store(StoreError::Conflict { constraint })) => assert_eq!(constraint, expected),
            other => panic!("{expected}, but {other:?}"),
        }
        let loaded = scene.load().await;
        assert_eq!((loaded.watermark, loaded.outbox.len(), loaded.seats.len()), (None, 0, 2));
    }
    scene.commit(Batch { outbox: vec![call(20, 1, "x")], ..Batch::default() }).await.unwrap();
    assert_eq!(scene.load().await.outbox.len(), 1);
}

/// A purge drops what earlier batches stored, of one chat or of all, and nothing of its own batch.
pub async fn a_purge_drops_earlier_rows_only(stores: Stores) {
    let scene = Scene::new(stores).await;
    let rows = vec![relay(20, 2, 7, 50), relay(21, 2, 8, 51), call(22, 2, "x"), relay(23, 1, 7, 52)];
    scene.commit(Batch { outbox: rows, ..Batch::default() }).await.unwrap();
    let purge =
        Batch { purges: vec![(telegram(2), Some(ChatId::new(7)))], outbox: vec![relay(24, 2, 7, 53)], ..Batch::default() };
    scene.commit(purge).await.unwrap();
    let left = async || scene.load().await.outbox.iter().map(|row| row.id.get()).collect::<Vec<_>>();
    assert_eq!(left().await, [21, 22, 23, 24]);
    scene.commit(Batch { purges: vec![(telegram(2), None)], ..Batch::default() }).await.unwrap();
    assert_eq!(left().await, [23]);
}

/// A chat counts for both when it ends, once, and keeps them apart for a day.
pub async fn an_ended_chat_counts_once_and_is_recent_for_a_day(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let end = |by| ended_chat(7, EndReason::Stopped, by);
    let batch = Batch {
        at: timestamp(60),
        chats: vec![end(Some(other))],
        seats: vec![(one, None), (other, None)],
        reachable: vec![(other, false)],
        ..Batch::default()
    };
    scene.commit(batch).await.unwrap();
    // A second end changes nothing; a chat may begin and end within one batch.
    let both = ChatChange { met: Some([other, one]), is_opened: true, ..ended_chat(8, EndReason::Gone, None) };
    scene.commit(Batch { at: timestamp(90), chats: vec![end(None), both], ..Batch::default() }).await.unwrap();
    let loaded = load(&scene.journal, &scene.lease, timestamp(100)).await;
    assert!(loaded.seats.is_empty());
    let counts: Vec<_> = loaded.people.iter().map(|facts| (facts.chats_count, facts.is_reachable)).collect();
    assert_eq!(counts, [(2, true), (2, false)]);
    let parting = |people, [since, at]: [i64; 2]| Parting { people, since: timestamp(since), at: timestamp(at), is_firm: false };
    assert_eq!(loaded.recent, [parting([one, other], [5, 60]), parting([other, one], [90, 90])]);
    let later = load(&scene.journal, &scene.lease, timestamp(60 + 24 * 3600)).await;
    assert_eq!(later.recent, [parting([other, one], [90, 90])]);
    let chat = scene.stores.chats.find_chat(ChatId::new(7)).await.unwrap().unwrap();
    assert_eq!((chat.people, chat.started_at, chat.ended_at), ([one.into(), other.into()], timestamp(5), Some(timestamp(60))));
    let last = scene.stores.chats.find_last_chat(one).await.unwrap().unwrap();
    assert_eq!(last.chat, ChatId::new(8));
}

/// Two people meet: both seats are kept with what a meeting has, and the chat is one only once it opens.
pub async fn a_meeting_is_kept_and_becomes_a_chat_when_it_opens(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let chat = ChatId::new(9);
    let seat = |side, has_agreed| Seat::Meeting {
        meeting: chat,
        side,
        since: timestamp(3),
        widening: Widening::EMPTY.with(Filter::City),
        answer_by: timestamp(65),
        has_agreed,
        was_searching: has_agreed,
    };
    let seats = vec![(one, Some(seat(Side::First, true))), (other, Some(seat(Side::Second, false)))];
    let met = ChatChange { met: Some([one, other]), ..ChatChange::new(chat) };
    scene.commit(Batch { at: timestamp(5), chats: vec![met], seats: seats.clone(), ..Batch::default() }).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.seats, seats.into_iter().filter_map(|(who, seat)| Some((who, seat?))).collect::<Vec<_>>());
    let chats = &scene.stores.chats;
    assert!(chats.find_chat(chat).await.unwrap().unwrap().is_meeting);
    assert_eq!(chats.find_last_chat(one).await.unwrap(), None, "a meeting is no chat");

    let chatting = |side, has_written| Seat::Chatting {
        chat,
        side,
        since: timestamp(8),
        heard_at: None,
        has_written,
        answers: Answers::default(),
    };
    let seats = vec![(one, Some(chatting(Side::First, false))), (other, Some(chatting(Side::Second, true)))];
    let opened = ChatChange { is_opened: true, ..ChatChange::new(chat) };
    scene.commit(Batch { at: timestamp(8), chats: vec![opened], seats: seats.clone(), ..Batch::default() }).await.unwrap();
    assert_eq!(scene.load().await.seats, seats.into_iter().filter_map(|(who, seat)| Some((who, seat?))).collect::<Vec<_>>());
    let record = chats.find_last_chat(other).await.unwrap().unwrap();
    assert_eq!((record.chat, record.is_meeting, record.started_at), (chat, false, timestamp(8)));

    // Only one wrote: the chat counts for nobody, and only the one who was written to can rate.
    let end = ChatEnd { reason: EndReason::Stopped, by: Some(one), wrote: [false, true] };
    let ended = ChatChange { ended: Some(end), ..ChatChange::new(chat) };
    let seats = vec![(one, None), (other, None)];
    scene.commit(Batch { at: timestamp(20), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
    let loaded = scene.load().await;
    assert!(loaded.people.iter().all(|facts| facts.chats_count == 0));
    assert_eq!(loaded.recent, [Parting { people: [one, other], since: timestamp(8), at: timestamp(20), is_firm: false }]);
    for (rater, rated, counts) in [(other, one, 0), (one, other, 1)] {
        let rate = Change::Rate { chat, rater, rated, is_good: true, at: timestamp(30) };
        let command = Change::ToEngine(EngineCommand::Rated { person: rated, is_good: true, chat });
        let finished = scene.lane(telegram(1), &[rate, command]).await.unwrap();
        assert_eq!(finished.commands.len(), counts, "{rater} rates {rated}");
    }
}

/// Of meetings that failed only a "not now" keeps two people apart, and firmly.
pub async fn only_a_declined_meeting_keeps_two_apart(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let failed = |chat: i64, reason| ChatChange {
        met: Some([one, other]),
        ended: Some(ChatEnd { reason, by: None, wrote: [false, false] }),
        ..ChatChange::new(ChatId::new(chat))
    };
    let chats = vec![failed(7, EndReason::Unanswered), failed(8, EndReason::Declined), failed(9, EndReason::Gone)];
    scene.commit(Batch { at: timestamp(5), chats, ..Batch::default() }).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.recent, [Parting { people: [one, other], since: timestamp(5), at: timestamp(5), is_firm: true }]);
    assert!(loaded.people.iter().all(|facts| facts.chats_count == 0));
    assert_eq!(scene.stores.chats.find_last_chat(one).await.unwrap(), None);
}

/// An invitation is kept as it stands, per pair and direction, until it is over.
pub async fn an_invitation_is_kept_as_it_stands(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let row = |inviter, invited, state| Invitation {
        inviter,
        invited,
        chat: ChatId::new(7),
        numbers: [1, 50],
        made_at: timestamp(5),
        expires_at: timestamp(605),
        state,
    };
    let put = async |rows: &[Invitation]| {
        let invitations = rows.iter().map(|row| ([row.inviter, row.invited], Some(*row))).collect();
        scene.commit(Batch { at: timestamp(5), invitations, ..Batch::default() }).await.unwrap();
    };
    for state in InvitationState::ALL {
        put(&[row(one, other, *state)]).await;
        assert_eq!(scene.load().await.invitations, [row(one, other, *state)]);
    }
    let later = Invitation {
        numbers: [2, 1],
        made_at: timestamp(700),
        expires_at: timestamp(800),
        ..row(other, one, InvitationState::Open)
    };
    put(&[later, row(one, other, InvitationState::Told)]).await;
    assert_eq!(scene.load().await.invitations, [row(one, other, InvitationState::Told), later]);
    let over = Batch { invitations: vec![([one, other], None)], ..Batch::default() };
    for _ in 0..2 {
        scene.commit(over.clone()).await.unwrap();
        assert_eq!(scene.load().await.invitations, [later]);
    }
    scene.lane(telegram(1), &[Change::Erase(one)]).await.unwrap();
    assert!(scene.load().await.invitations.is_empty(), "a leaver takes them along");
}

/// A message that waits is kept as it stands, and so is what a person has answered, until it is over.
pub async fn a_message_that_waits_is_kept_as_it_stands(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let questions = Questions::EMPTY.with(Question::Media);
    let single = Hold {
        id: HoldId::new(70),
        chat: ChatId::new(7),
        writer: one,
        messages: vec![MessageId::new(31)],
        album: None,
        content: Content::Photo,
        reply_to: Some(MessageId::new(30)),
        questions,
        has_copy: false,
        expires_at: timestamp(120),
    };
    let album = Hold {
        id: HoldId::new(71),
        writer: other,
        messages: vec![MessageId::new(40), MessageId::new(42), MessageId::new(41)],
        album: Some(AlbumId::new(-5)),
        content: Content::Video,
        reply_to: None,
        has_copy: true,
        ..single.clone()
    };
    let put = async |rows: &[&Hold]| {
        let holds = rows.iter().map(|hold| (hold.id, Some((*hold).clone()))).collect();
        scene.commit(Batch { at: timestamp(5), holds, ..Batch::default() }).await.unwrap();
    };
    put(&[&album]).await;
    put(&[&single]).await;
    let later = Hold { messages: vec![MessageId::new(31), MessageId::new(33)], expires_at: timestamp(180), ..single };
    put(&[&later]).await;
    assert_eq!(scene.load().await.holds, [later.clone(), album.clone()], "by number");
    let over = Batch { holds: vec![(later.id, None)], ..Batch::default() };
    for _ in 0..2 {
        scene.commit(over.clone()).await.unwrap();
    }
    assert_eq!(scene.load().await.holds, [album]);
    scene.lane(telegram(2), &[Change::Erase(other)]).await.unwrap();
    assert!(scene.load().await.holds.is_empty(), "a leaver takes them along");
}

/// What is done goes with the batch that says so.
pub async fn done_work_goes_with_its_batch(stores: Stores) {
    let scene = Scene::new(stores).await;
    let work = scene.put_work(telegram(1)).await;
    let batch = Batch {
        inbox_done: vec![work],
        dead: vec![DeadUpdate { update: UpdateId::new(4), reason: "nonsense".into() }],
        ..Batch::default()
    };
    scene.commit(batch.clone()).await.unwrap();
    assert!(scene.load().await.inbox.is_empty());
    // The same update set aside twice is no conflict.
    scene.commit(batch).await.unwrap();
}

/// Settling twice is settling once, and both sides find the pair.
pub async fn settling_is_idempotent(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene
        .commit(Batch { outbox: vec![relay(20, 2, 7, 50), relay(21, 2, 7, 51), call(22, 2, "x")], ..Batch::default() })
        .await
        .unwrap();
    let pair = |source: i32| MessagePair {
        chat: ChatId::new(7),
        from: telegram(1),
        source: MessageId::new(source),
        to: telegram(2),
        copy: MessageId::new(source + 1000),
    };
    let settled = [
        Settlement { outbox: OutboxId::new(21), pair: Some(pair(51)) },
        Settlement { outbox: OutboxId::new(20), pair: Some(pair(50)) },
        Settlement { outbox: OutboxId::new(22), pair: None },
    ];
    for _ in 0..2 {
        scene.journal.settle(&scene.lease, &settled, timestamp(9)).await.unwrap();
    }
    assert!(scene.load().await.outbox.is_empty());
    let chats = &scene.stores.chats;
    assert_eq!(chats.list_last_pairs(ChatId::new(7), 10).await.unwrap(), [pair(50), pair(51)]);
    assert_eq!(chats.list_last_pairs(ChatId::new(7), 1).await.unwrap(), [pair(51)]);
    assert_eq!(chats.find_pair(telegram(1), MessageId::new(50)).await.unwrap(), Some(pair(50)));
    assert_eq!(chats.find_pair(telegram(2), MessageId::new(1050)).await.unwrap(), Some(pair(50)));
    assert_eq!(chats.find_pair(telegram(1), MessageId::new(1050)).await.unwrap(), None);
    assert_eq!(chats.find_pair(telegram(3), MessageId::new(50)).await.unwrap(), None);
}
