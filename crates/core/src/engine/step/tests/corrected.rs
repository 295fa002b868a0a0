//! What support corrects: a running engine takes it up at once, and the person it is about is told.

use super::*;
use crate::correction::CorrectionNews;

fn corrected(number: i64, news: CorrectionNews, suspended_until: Option<Timestamp>) -> Event {
    let command = EngineCommand::Corrected { telegram: telegram(number), language: UiLanguage::Hindi, news, suspended_until };
    Event::Command { id: CommandId::new(1), command }
}

#[test]
fn a_search_goes_on_with_a_corrected_gender() {
    let mut play = Play::new();
    // Person 1 is a man and wants women alone; person 3 is taken for a man until somebody corrects it.
    let mut picky = facts(1);
    picky.preferences = Preferences::open_to(GenderSet::EMPTY.with(Gender::Woman));
    let open = work(&play.update(1, UpdateKind::Other));
    let finished = Finished { facts: Some(FactsChange::Registered(Box::new(picky))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished });
    play.command(1, Command::Find);
    play.command(3, Command::Find);
    assert!(play.is_waiting(1) && play.is_waiting(3));
    let effects = play.event(corrected(3, CorrectionNews::Gender(Gender::Woman), None));
    assert!(play.is_chatting(1) && play.is_chatting(3));
    let told = notices(&effects);
    assert!(told.contains(&(3, &Notice::Corrected { news: CorrectionNews::Gender(Gender::Woman) })), "{told:?}");
}

#[test]
fn facts_read_before_a_correction_do_not_undo_it() {
    let mut play = Play::new();
    let open = work(&play.update(1, UpdateKind::Other));
    let born = Day::from_ymd(1980, 1, 1).unwrap();
    play.event(corrected(1, CorrectionNews::Born(born), None));
    play.event(corrected(1, CorrectionNews::Gender(Gender::NonBinary), None));
    let older = Finished { facts: Some(FactsChange::Registered(Box::new(facts(1)))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: older });
    let known = play.state.facts(telegram(1)).unwrap();
    assert_eq!((known.born, known.gender), (born, Gender::NonBinary));
}

#[test]
fn somebody_found_to_be_a_minor_is_out_of_their_chat_at_once() {
    let mut play = Play::new();
    play.match_one_and_two();
    let effects = play.event(corrected(1, CorrectionNews::Refused, Some(Timestamp::MAX)));
    let refused = Notice::Corrected { news: CorrectionNews::Refused };
    assert!(
        matches!(notices(&effects)[..], [(2, Notice::ChatEnded { how: Ended::ByPartner, .. }), (1, told)] if *told == refused)
    );
    assert!(!play.is_chatting(1) && !play.is_chatting(2));
    assert!(matches!(notices(&play.command(1, Command::Find))[..], [(1, Notice::Suspended { .. })]));
    // The way back.
    play.event(corrected(1, CorrectionNews::Born(Day::from_ymd(1990, 1, 1).unwrap()), None));
    play.command(1, Command::Find);
    assert!(play.is_waiting(1));
}

#[test]
fn somebody_who_is_not_registered_is_told_in_their_language() {
    let mut play = Play::new();
    let effects = play.event(corrected(9, CorrectionNews::Admitted, None));
    let told = |effect: &Effect| {
        matches!(effect, Effect::Notice { receiver, language: UiLanguage::Hindi, notice: Notice::Corrected { .. }, .. }
            if *receiver == telegram(9))
    };
    assert_eq!(effects.iter().filter(|effect| told(effect)).count(), 1, "{effects:?}");
}
