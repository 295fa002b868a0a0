//! What money means to the engine: entitlements from lanes, refunds as work, first chats, the use of premium.

use super::*;
use crate::engine::effect::Task;
use crate::engine::event::RatingsShift;
use crate::engine::news::News;
use crate::premium::{ChargeId, Entitlement, PremiumNews};

fn entitled(play: &Play, until_s: i64, rows: u32) -> Entitlement {
    let until = Some(Timestamp::from_micros(play.now.as_micros() + until_s * 1_000_000));
    Entitlement { until, renews_at: None, rows }
}

fn finish(play: &mut Play, number: i64, finished: Finished) -> Vec<Effect> {
    let effects = play.update(number, UpdateKind::Other);
    let inbox = work(&effects)[0];
    play.event(Event::LaneDone { inbox, telegram: telegram(number), finished })
}

fn used(effects: &[Effect]) -> Vec<i64> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::PremiumUsed { person } = effect { Some(person.get()) } else { None })
        .collect()
}

fn tasks(effects: &[Effect]) -> Vec<(i64, &Task)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Task { telegram, task, .. } => Some((telegram.get() - 1_000, task)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_lane_entitles_the_receiver_of_a_gift_and_the_newer_word_stays() {
    let mut play = Play::new();
    let (newer, older) = (entitled(&play, 2_000, 2), entitled(&play, 1_000, 1));
    let receiver = PersonId::new(2);
    for entitlement in [newer, older] {
        finish(&mut play, 1, Finished { entitlements: vec![(receiver, entitlement)], ..Finished::default() });
    }
    let facts = play.state.facts(telegram(2)).unwrap();
    assert_eq!((facts.premium_until, facts.ledger_rows), (newer.until, 2));
    assert!(!play.state.facts(telegram(1)).unwrap().is_premium(play.now), "the payer gave it away");
}

#[test]
fn a_lane_that_read_older_facts_does_not_take_premium_back() {
    let mut play = Play::new();
    let entitlement = entitled(&play, 1_000, 1);
    finish(&mut play, 2, Finished { entitlements: vec![(PersonId::new(1), entitlement)], ..Finished::default() });
    let stale = FactsChange::Registered(Box::new(facts(1)));
    finish(&mut play, 1, Finished { facts: Some(stale), ..Finished::default() });
    assert!(play.state.facts(telegram(1)).unwrap().is_premium(play.now));
}

#[test]
fn only_a_search_of_somebody_premium_uses_premium() {
    let mut play = Play::new();
    assert!(used(&play.command(1, Command::Find)).is_empty());
    let entitlement = entitled(&play, 1_000, 1);
    play.state.pool.separate(PersonId::new(1), PersonId::new(3)).unwrap();
    finish(&mut play, 3, Finished { entitlements: vec![(PersonId::new(3), entitlement)], ..Finished::default() });
    assert_eq!(used(&play.command(3, Command::Find)), [3]);
    assert_eq!(play.state.facts(telegram(3)).unwrap().premium_used_at, Some(play.now));
    // A gift that comes during a search is used by it at once.
    let effects = finish(&mut play, 4, Finished { entitlements: vec![(PersonId::new(1), entitlement)], ..Finished::default() });
    assert_eq!(used(&effects), [1]);
    // Premium that has ended uses nothing.
    play.command(3, Command::CancelSearch);
    play.wait_ms(1_000_000);
    assert!(used(&play.command(3, Command::Find)).is_empty());
}

#[test]
fn a_refund_is_work_of_the_payers_lane_and_waits_its_turn() {
    let mut play = Play::new();
    let busy = work(&play.update(1, UpdateKind::Other))[0];
    let charge = ChargeId::new("c").unwrap();
    let command = EngineCommand::Refund { payer: PersonId::new(1), charge: charge.clone() };
    let effects = play.event(Event::Command { id: CommandId::new(5), command });
    assert!(effects.contains(&Effect::CommandDone { command: CommandId::new(5) }), "the row of work takes its place");
    assert_eq!(tasks(&effects), [(1, &Task::Refund { charge })]);
    assert!(work(&effects).is_empty(), "the lane is busy");
    let effects = play.event(Event::LaneDone { inbox: busy, telegram: telegram(1), finished: Finished::default() });
    let [refund] = work(&effects)[..] else { panic!("{effects:?}") };
    // What comes meanwhile waits behind it.
    assert!(work(&play.update(1, UpdateKind::Other)).is_empty());
    let effects = play.event(Event::LaneDone { inbox: refund, telegram: telegram(1), finished: Finished::default() });
    assert_eq!(work(&effects).len(), 1);
}

#[test]
fn a_suspension_past_the_renewal_is_work_of_the_persons_lane() {
    let mut play = Play::new();
    let person = PersonId::new(1);
    let renews_at = play.now.plus(std::time::Duration::from_secs(100));
    let sanction = |play: &mut Play, until| {
        let command = EngineCommand::Sanction { person, until, reason: "spam".to_owned(), news: None };
        let effects = play.event(Event::Command { id: CommandId::new(5), command });
        tasks(&effects).iter().map(|(_, task)| (*task).clone()).collect::<Vec<_>>()
    };
    let fit = Task::Subscription { person };
    assert!(sanction(&mut play, Some(Timestamp::MAX)).is_empty(), "there is no subscription");
    assert!(sanction(&mut play, None).is_empty(), "and never was");
    let facts = play.state.people.get_mut(&telegram(1)).unwrap();
    (facts.renews_at, facts.ledger_rows) = (Some(renews_at), 1);
    assert!(sanction(&mut play, Some(renews_at)).is_empty(), "it is over by then");
    assert_eq!(sanction(&mut play, Some(Timestamp::MAX)), std::slice::from_ref(&fit));
    assert_eq!(sanction(&mut play, None), std::slice::from_ref(&fit), "lifted: they hear how to renew it");
    let effects = play.event(Event::Command { id: CommandId::new(6), command: EngineCommand::Subscription { payer: person } });
    assert_eq!(tasks(&effects), [(1, &fit)]);
}

#[test]
fn stored_work_starts_again_after_a_restart() {
    let mut play = Play::new();
    let effects = play.event(Event::Task { inbox: InboxId::new(77), telegram: telegram(1) });
    assert_eq!(work(&effects), [InboxId::new(77)]);
}

#[test]
fn a_first_chat_is_told_once_to_each_side() {
    let mut play = Play::new();
    for number in [1, 2] {
        play.state.people.get_mut(&telegram(number)).unwrap().chats_count = 0;
    }
    play.match_one_and_two();
    play.say(1, 1);
    play.say(2, 2);
    let effects = play.command(1, Command::Stop);
    let first_chat = |number| Task::FirstChat { person: PersonId::new(number) };
    assert_eq!(tasks(&effects), [(1, &first_chat(1)), (2, &first_chat(2))]);
    for inbox in work(&effects) {
        let telegram = if inbox == work(&effects)[0] { telegram(1) } else { telegram(2) };
        play.event(Event::LaneDone { inbox, telegram, finished: Finished::default() });
    }
    play.command(1, Command::Find);
    play.command(3, Command::Find);
    assert!(play.is_chatting(1) && play.is_chatting(3));
    assert!(tasks(&play.command(1, Command::Stop)).is_empty());
}

#[test]
fn an_operators_grant_counts_at_once_and_is_told() {
    let mut play = Play::new();
    let entitlement = entitled(&play, 1_000, 1);
    let news = PremiumNews::Granted { days: 3, reason: "sorry".to_owned() };
    let news = News::Premium { news, entitlement: Some(entitlement) };
    let command = EngineCommand::Tell { person: PersonId::new(1), news: news.clone() };
    let effects = play.event(Event::Command { id: CommandId::new(5), command });
    assert_eq!(notices(&effects), [(1, &Notice::News { news, premium_until: entitlement.until })]);
    assert!(play.state.facts(telegram(1)).unwrap().is_premium(play.now));
}

#[test]
fn a_reset_of_ratings_keeps_those_given_meanwhile() {
    let mut play = Play::new();
    let person = PersonId::new(1);
    for id in 1..=3 {
        let command = EngineCommand::Rated { person, is_good: id > 1, chat: ChatId::new(id) };
        play.event(Event::Command { id: CommandId::new(id), command });
    }
    // The reset saw one good and one bad; another good one came before word of it.
    finish(&mut play, 1, Finished { ratings: vec![RatingsShift { person, up: -1, down: -1 }], ..Finished::default() });
    let facts = play.state.facts(telegram(1)).unwrap();
    assert_eq!((facts.ratings_up, facts.ratings_down), (1, 0));
}
