//! The ledger: every row once, in any order, and what it entitles to in the facts at once.

use luvhive_core::coins::{CoinAccount, Coins, Gift, Giving, InviteCode, daily, gift, redeem, referral, spin};
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::journal::{Change, JournalError};
use luvhive_core::ports::ledger::{GrantOutcome, NewGrant, NewRefund, RefundOutcome};
use luvhive_core::premium::{
    ChargeId, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, PremiumNews, Refund, RefundCause, RefundRefusal,
    RefundRequest,
};
use luvhive_core::testing::{BOT, new_person, timestamp};
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, telegram};

const DAY: i64 = 24 * 3_600;

/// Returns the identifier of a charge.
pub fn charge(name: &str) -> ChargeId {
    ChargeId::new(name).unwrap()
}

/// Returns a payment of a plan that a person makes for themselves, so many seconds after the start.
pub fn payment(name: &str, plan: Plan, person: PersonId, at: i64) -> Payment {
    Payment {
        charge: charge(name),
        payer: Some(person),
        receiver: Some(person),
        plan,
        stars: plan.stars(),
        days: plan.days(),
        paid_at: timestamp(at),
        is_recurring: plan == Plan::Monthly,
        subscription_until: plan.renews_every().map(|every| timestamp(at).plus(every)),
        is_first: None,
        canceled_at: None,
        refund_days: 14,
    }
}

/// Returns the same payment, as a gift to another person.
pub fn given_to(receiver: PersonId, payment: Payment) -> Payment {
    Payment { receiver: Some(receiver), ..payment }
}

/// Returns the change that books a payment.
pub fn book(payment: &Payment) -> Change {
    Change::BookPayment(Box::new(payment.clone()))
}

/// Returns the change that books a refund.
pub fn give_back(name: &str, at: i64) -> Change {
    Change::BookRefund(Refund { charge: charge(name), cause: RefundCause::Telegram, refunded_at: timestamp(at) })
}

async fn loaded_until(scene: &Scene, person: PersonId) -> Option<Timestamp> {
    scene.load().await.people.iter().find(|facts| facts.person == person).unwrap().premium_until
}

/// A payment counts once; its entitlement is told at once, is read at the start and by a visitor's lane.
pub async fn a_payment_counts_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let week = Payment { is_first: Some(false), refund_days: 9, ..payment("w", Plan::Week, person, 10) };
    for _ in 0..2 {
        let finished = scene.lane(telegram(1), &[book(&week)]).await.unwrap();
        let [(whose, entitlement)] = finished.entitlements[..] else { panic!("{finished:?}") };
        assert_eq!((whose, entitlement.until, entitlement.rows), (person, Some(timestamp(10 + 7 * DAY)), 1));
    }
    assert_eq!(loaded_until(&scene, person).await, Some(timestamp(10 + 7 * DAY)));
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap().facts;
    assert_eq!((visitor.premium_until, visitor.ledger_rows), (Some(timestamp(10 + 7 * DAY)), 1));
    assert_eq!(scene.stores.ledger.list_rows(person).await.unwrap(), [LedgerRow::Payment(week.clone())]);
    let record = scene.stores.ledger.find_charge(&week.charge).await.unwrap().unwrap();
    assert_eq!((record.payment, record.refund, record.request), (Some(week), None, None));
    assert_eq!(scene.stores.ledger.find_charge(&charge("unknown")).await.unwrap(), None);
}

/// A gift entitles its receiver, no matter whose lane books it, and its refund takes that back.
pub async fn a_gift_entitles_its_receiver(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let month = given_to(other, payment("g", Plan::GiftMonth, one, 10));
    let finished = scene.lane(telegram(1), &[book(&month)]).await.unwrap();
    assert_eq!(finished.entitlements[0].0, other);
    assert_eq!((loaded_until(&scene, one).await, loaded_until(&scene, other).await), (None, Some(timestamp(10 + 30 * DAY))));
    for person in [one, other] {
        assert_eq!(scene.stores.ledger.list_rows(person).await.unwrap().len(), 1, "both see it");
    }
    let finished = scene.lane(telegram(1), &[give_back("g", 20)]).await.unwrap();
    assert_eq!((finished.entitlements[0].0, finished.entitlements[0].1.until), (other, None));
    assert_eq!(loaded_until(&scene, other).await, None);
}

/// Word of a refund may come first; asked for once, refunded once, and the one who asked stays its cause.
pub async fn a_refund_counts_once_and_may_come_first(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    scene.lane(telegram(1), &[give_back("early", 5)]).await.unwrap();
    let early = payment("early", Plan::Week, person, 4);
    assert_eq!(scene.lane(telegram(1), &[book(&early)]).await.unwrap().entitlements[0].1.until, None);
    scene.lane(telegram(1), &[book(&payment("w", Plan::Week, person, 10))]).await.unwrap();
    let request = |at| {
        let cause = RefundCause::Buyer;
        let request = RefundRequest { charge: charge("w"), cause, reason: String::new(), requested_at: timestamp(at) };
        Change::RequestRefund(request)
    };
    scene.lane(telegram(1), &[request(11)]).await.unwrap();
    scene.lane(telegram(1), &[request(12)]).await.unwrap();
    let record = scene.stores.ledger.find_charge(&charge("w")).await.unwrap().unwrap();
    assert_eq!(record.request.unwrap().requested_at, timestamp(11));
    assert_eq!(loaded_until(&scene, person).await, Some(timestamp(10 + 7 * DAY)), "asked for is not given back");
    scene.lane(telegram(1), &[Change::WithdrawRefund(charge("w"))]).await.unwrap();
    assert_eq!(scene.stores.ledger.find_charge(&charge("w")).await.unwrap().unwrap().request, None);
    scene.lane(telegram(1), &[request(13), give_back("w", 14)]).await.unwrap();
    scene.lane(telegram(1), &[give_back("w", 99), Change::WithdrawRefund(charge("w"))]).await.unwrap();
    let record = scene.stores.ledger.find_charge(&charge("w")).await.unwrap().unwrap();
    let refund = record.refund.unwrap();
    assert_eq!((record.request, refund.cause, refund.refunded_at), (None, RefundCause::Buyer, timestamp(14)));
    let known = scene.stores.ledger.list_known(&[charge("w"), charge("early"), charge("none")]).await.unwrap();
    assert!(known.len() == 2 && known.values().all(|known| known.is_paid && known.is_refunded), "{known:?}");
    assert_eq!(scene.stores.ledger.list_rows(person).await.unwrap().len(), 4);
}

/// Renewals add up; a cancelled subscription is paid to its end and renews no more.
pub async fn a_subscription_renews_and_is_cancelled(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let changes = [book(&payment("s1", Plan::Monthly, person, 0)), book(&payment("s2", Plan::Monthly, person, 30 * DAY))];
    let entitlement = scene.lane(telegram(1), &changes).await.unwrap().entitlements[0].1;
    assert_eq!((entitlement.until, entitlement.renews_at), (Some(timestamp(60 * DAY)), Some(timestamp(60 * DAY))));
    let close = |canceled_at| ["s1", "s2"].map(|name| Change::CloseSubscription { charge: charge(name), canceled_at });
    let canceled = async || {
        let rows = scene.stores.ledger.list_rows(person).await.unwrap();
        rows.iter().filter(|row| matches!(row, LedgerRow::Payment(one) if one.canceled_at == Some(timestamp(9)))).count()
    };
    for _ in 0..2 {
        let closed = scene.lane(telegram(1), &close(Some(timestamp(9)))).await.unwrap().entitlements[0].1;
        assert_eq!((closed.until, closed.renews_at, closed.rows), (Some(timestamp(60 * DAY)), None, 4));
    }
    assert_eq!(canceled().await, 2);
    let resumed = scene.lane(telegram(1), &close(None)).await.unwrap().entitlements[0].1;
    assert_eq!((resumed.renews_at, resumed.rows), (Some(timestamp(60 * DAY)), 6));
    assert_eq!(canceled().await, 0);
}

/// How far Telegram's list is known is remembered, and the last word counts.
pub async fn how_far_the_list_is_known_is_remembered(stores: Stores) {
    let scene = Scene::new(stores).await;
    assert_eq!(scene.stores.ledger.count_reconciled().await.unwrap(), 0);
    for count in [100, 250, 20] {
        scene.stores.ledger.mark_reconciled(count, timestamp(5)).await.unwrap();
        assert_eq!(scene.stores.ledger.count_reconciled().await.unwrap(), count);
    }
}

/// A paid reset wipes out the ratings once, and its refund brings them back.
pub async fn a_rating_reset_can_be_refunded(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let chat = luvhive_core::id::ChatId::new(7);
    scene.lane(telegram(2), &[Change::Rate { chat, rater: other, rated: one, is_good: false, at: timestamp(8) }]).await.unwrap();
    let counts = async || {
        let facts = scene.load().await.people.into_iter().find(|facts| facts.person == one).unwrap();
        (facts.ratings_up, facts.ratings_down)
    };
    assert_eq!(counts().await, (0, 1));
    let reset = [book(&payment("r", Plan::RatingReset, one, 10))];
    let shifts = scene.lane(telegram(1), &reset).await.unwrap().ratings;
    assert_eq!((shifts[0].person, shifts[0].up, shifts[0].down), (one, 0, -1));
    assert_eq!(counts().await, (0, 0));
    assert!(scene.lane(telegram(1), &reset).await.unwrap().ratings.is_empty());
    assert_eq!(scene.lane(telegram(1), &[give_back("r", 11)]).await.unwrap().ratings[0].down, 1);
    assert_eq!(counts().await, (0, 1));
}

/// A payment by or for somebody erased meanwhile is kept without them, and nothing blocks its lane.
pub async fn a_payment_outlives_its_people(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    scene.lane(telegram(1), &[book(&given_to(other, payment("g", Plan::GiftWeek, one, 10)))]).await.unwrap();
    scene.lane(telegram(1), &[Change::Erase(one)]).await.unwrap();
    let record = scene.stores.ledger.find_charge(&charge("g")).await.unwrap().unwrap().payment.unwrap();
    assert_eq!((record.payer, record.receiver), (None, Some(other)));
    assert_eq!(loaded_until(&scene, other).await, Some(timestamp(10 + 7 * DAY)), "a gift stays given");
    scene.lane(telegram(1), &[book(&payment("late", Plan::Week, one, 20))]).await.unwrap();
    let record = scene.stores.ledger.find_charge(&charge("late")).await.unwrap().unwrap().payment.unwrap();
    assert_eq!((record.payer, record.receiver), (None, None));
}

/// A grant counts once by its key.
pub async fn a_grant_counts_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let grant = |at| {
        let (key, source, granted_at) = (GrantKey::trial(person), GrantSource::Trial, timestamp(at));
        Change::Grant(Box::new(Grant { key, person, source, days: 3, granted_at, granted_by: None, reason: None }))
    };
    scene.lane(telegram(1), &[grant(10)]).await.unwrap();
    scene.lane(telegram(1), &[grant(99)]).await.unwrap();
    assert_eq!(loaded_until(&scene, person).await, Some(timestamp(10 + 3 * DAY)));
}

/// Coins come, go and are spent: each movement once, never below zero.
pub async fn coins_move_once_and_never_below_zero(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let standing = async |person| scene.stores.ledger.get_coins(person).await.unwrap();
    let coins = |movement| Change::MoveCoins(Box::new(movement));
    let first = daily(one, &standing(one).await, timestamp(10)).unwrap();
    for _ in 0..2 {
        scene.lane(telegram(1), &[coins(first.clone())]).await.unwrap();
    }
    let spun = spin(one, &standing(one).await, timestamp(11)).unwrap();
    scene.lane(telegram(1), &[coins(spun.clone())]).await.unwrap();
    let now = standing(one).await;
    assert_eq!((now.balance.get(), now.daily_at), (10 + spun.coins.get(), Some(timestamp(10))));
    assert_eq!((now.spun_at, now.spins), (Some(timestamp(11)), 1));
    let [to_one, to_other] = referral(one, other, timestamp(12)).unwrap();
    scene.lane(telegram(2), &[coins(to_one), coins(to_other)]).await.unwrap();
    let given =
        gift(Giving { from: other, to: one, gift: Gift::Large, unique: 1 }, &standing(other).await, timestamp(13)).unwrap();
    scene.lane(telegram(2), &[coins(given.clone())]).await.unwrap();
    assert_eq!((standing(one).await.balance.get(), standing(other).await.balance.get()), (90 + spun.coins.get(), 20));
    let mut forged = given;
    forged.key = luvhive_core::coins::MovementKey::new("gift:forged").unwrap();
    match scene.lane(telegram(2), &[coins(forged)]).await {
        Err(JournalError::Store(StoreError::Conflict { constraint })) => assert_eq!(constraint, "coin_accounts_balance_check"),
        other => panic!("a conflict, but {other:?}"),
    }
    assert_eq!(standing(other).await.balance, Coins::new(20));
    let last = scene.stores.ledger.list_movements(other, 1).await.unwrap();
    assert_eq!((last[0].debit, last[0].credit), (CoinAccount::Person(other), CoinAccount::Person(one)));
    assert_eq!(scene.stores.ledger.list_movements(one, 100).await.unwrap().len(), 4);
}

/// Premium for coins: what is paid and what is given come together.
pub async fn coins_buy_premium_together_or_not(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let rich = luvhive_core::coins::CoinStanding { balance: Coins::new(500), ..Default::default() };
    let (movement, grant) = redeem(person, &rich, 1, timestamp(10)).unwrap();
    let changes = [Change::MoveCoins(Box::new(movement)), Change::Grant(Box::new(grant))];
    assert!(scene.lane(telegram(1), &changes).await.is_err(), "there are no coins");
    assert_eq!(loaded_until(&scene, person).await, None);
    for invited in 100..110 {
        let [movement, _] = referral(person, PersonId::new(invited), timestamp(9)).unwrap();
        scene.lane(telegram(1), &[Change::MoveCoins(Box::new(movement))]).await.unwrap();
    }
    for _ in 0..2 {
        scene.lane(telegram(1), &changes).await.unwrap();
    }
    assert_eq!(loaded_until(&scene, person).await, Some(timestamp(10 + 3 * DAY)));
    assert_eq!(scene.stores.ledger.get_coins(person).await.unwrap().balance, Coins::new(0));
}

/// Only a person who registers with a code counts as invited, and nobody invites themselves.
pub async fn an_invitation_counts_with_its_registration(stores: Stores) {
    let scene = Scene::new(stores).await;
    let one = scene.register(telegram(1)).await;
    let code = InviteCode::from_random(7);
    let open = |bits| Change::OpenInvites { person: one, code: InviteCode::from_random(bits) };
    scene.lane(telegram(1), &[open(7)]).await.unwrap();
    scene.lane(telegram(1), &[open(8)]).await.unwrap();
    assert_eq!(scene.stores.ledger.find_invite_code(one).await.unwrap(), Some(code.clone()), "the first stays");
    let record = |code: &InviteCode| Change::RecordInvite { code: code.clone(), at: timestamp(5) };
    let existing = scene.register(telegram(2)).await;
    scene.lane(telegram(2), &[record(&code)]).await.unwrap();
    assert_eq!(scene.stores.ledger.find_invite(existing).await.unwrap(), None);
    let register = Change::Register(Box::new(new_person(telegram(3), luvhive_core::person::Gender::Man)));
    scene.lane(telegram(3), &[register, record(&code)]).await.unwrap();
    let third = scene.stores.people.get_visitor(telegram(3)).await.unwrap().person.unwrap().facts.person;
    let invite = scene.stores.ledger.find_invite(third).await.unwrap().unwrap();
    assert_eq!((invite.inviter, invite.invited_at), (Some(one), timestamp(5)));
    let register = Change::Register(Box::new(new_person(telegram(4), luvhive_core::person::Gender::Man)));
    scene.lane(telegram(4), &[register, record(&InviteCode::from_random(99))]).await.unwrap();
    let fourth = scene.stores.people.get_visitor(telegram(4)).await.unwrap().person.unwrap().facts.person;
    assert_eq!(scene.stores.ledger.find_invite(fourth).await.unwrap(), None);
}

/// An operator's grant is there at once and leaves one command; a refund is asked for once.
pub async fn operators_grant_and_refund(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let pseudonym = scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap().pseudonym;
    let treasury = scene.stores.treasury.clone();
    let grant = NewGrant {
        pseudonym: pseudonym.clone(),
        days: 30,
        reason: "sorry".to_owned(),
        granted_by: "operator".to_owned(),
        granted_at: timestamp(10),
    };
    let until = timestamp(10 + 30 * DAY);
    assert_eq!(treasury.insert_grant(BOT, grant).await.unwrap(), GrantOutcome::Stored(until));
    assert_eq!(loaded_until(&scene, person).await, Some(until));
    let refund = async || {
        let (reason, requested_by) = ("asked by mail".to_owned(), "operator".to_owned());
        let new = NewRefund { charge: charge("w"), reason, requested_by, requested_at: timestamp(20) };
        treasury.request_refund(BOT, new).await.unwrap()
    };
    assert_eq!(refund().await, RefundOutcome::Refused(RefundRefusal::Unknown));
    scene.lane(telegram(1), &[book(&payment("w", Plan::Week, person, 15))]).await.unwrap();
    assert_eq!(refund().await, RefundOutcome::Requested);
    assert_eq!(refund().await, RefundOutcome::Refused(RefundRefusal::UnderWay));
    let commands: Vec<_> = scene.journal.list_commands(&scene.lease).await.unwrap();
    let kinds: Vec<_> = commands.iter().map(|(_, command)| command).collect();
    match kinds[..] {
        [
            EngineCommand::Tell {
                person: whom,
                news: News::Premium { news: PremiumNews::Granted { days: 30, .. }, entitlement: Some(entitled) },
            },
            EngineCommand::Refund { payer, charge: asked },
        ] => {
            assert_eq!((*whom, *payer, entitled.until), (person, person, Some(until)));
            assert_eq!(*asked, charge("w"));
        }
        ref other => panic!("a grant and a refund, but {other:?}"),
    }
    scene.lane(telegram(1), &[give_back("w", 21)]).await.unwrap();
    assert_eq!(refund().await, RefundOutcome::Refused(RefundRefusal::AlreadyRefunded));
    let ledger = treasury.read_ledger(BOT, &pseudonym, "operator", timestamp(22)).await.unwrap().unwrap();
    assert_eq!((ledger.rows.len(), ledger.premium_until, ledger.person), (3, Some(until), person));
    let nobody = luvhive_core::conduct::Pseudonym::new("aaaaaaaaaa").unwrap();
    assert_eq!(treasury.read_ledger(BOT, &nobody, "operator", timestamp(22)).await.unwrap(), None);
}

/// A search with premium is remembered by the batch that tells of it, and work without an update comes back.
pub async fn premium_use_and_tasks_are_read_back(stores: Stores) {
    use luvhive_core::engine::Task;
    use luvhive_core::engine::batch::{InboxRow, InboxWork};
    use luvhive_core::id::InboxId;

    let scene = Scene::new(stores).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let row = |task| InboxRow {
        id: InboxId::new(scene.number()),
        telegram: telegram(1),
        chat: None,
        work: InboxWork::Task(task),
        received_at: timestamp(6),
    };
    let rows = vec![
        row(Task::Refund { charge: charge("w") }),
        row(Task::FirstChat { person: one }),
        row(Task::Subscription { person: one }),
    ];
    let batch = Batch { at: timestamp(6), premium_used: vec![one], inbox: rows.clone(), ..Batch::default() };
    scene.commit(batch).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.inbox, rows);
    let used: Vec<_> = loaded.people.iter().map(|facts| (facts.person, facts.premium_used_at)).collect();
    assert_eq!(used, [(one, Some(timestamp(6))), (other, None)]);
    scene.lane(telegram(1), &[book(&given_to(one, payment("w", Plan::GiftWeek, other, 5)))]).await.unwrap();
    assert_eq!(scene.stores.ledger.find_charge(&charge("w")).await.unwrap().unwrap().used_at, Some(timestamp(6)));
}
