//! The policy, pair by pair: who meets whom, and who does not.

use std::time::Duration;

use proptest::prelude::*;

use super::{Found, Pool};
use crate::chat::seat::Widening;
use crate::filter::{Filter, FilterSet};
use crate::id::PersonId;
use crate::person::preferences::AgeRange;
use crate::person::{
    Age, Country, Gender, GenderSet, Interest, InterestSet, OwnCard, PersonFacts, SpokenLanguage, SpokenLanguages,
};
use crate::search::ScoreWeights;
use crate::testing::facts;
use crate::time::{Day, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn person(number: i64, change: impl FnOnce(&mut PersonFacts)) -> PersonFacts {
    let born = Day::from_ymd(1997, 1, 1).unwrap();
    let premium_until = Some(Timestamp::MAX);
    let mut facts = PersonFacts { gender: Gender::Woman, born, card: OwnCard::default(), premium_until, ..facts(number) };
    change(&mut facts);
    facts
}

fn ages(low: u8, high: u8) -> AgeRange {
    AgeRange::new(Age::new(low).unwrap(), Age::new(high).unwrap()).unwrap()
}

#[track_caller]
fn check(first: &PersonFacts, second: &PersonFacts, do_meet: bool) {
    for (one, other) in [(first, second), (second, first)] {
        let mut pool = Pool::default();
        assert_eq!(pool.offer(one, NOW, Widening::EMPTY, NOW), Found::Nobody);
        let expected = if do_meet { Found::Partner(one.person) } else { Found::Nobody };
        assert_eq!(pool.offer(other, NOW, Widening::EMPTY, NOW), expected);
        assert_eq!(pool.len(), if do_meet { 0 } else { 2 });
    }
}

#[test]
fn two_open_people_meet() {
    check(&person(1, |_| {}), &person(2, |_| {}), true);
}

#[test]
fn a_gender_not_wanted_keeps_two_apart_whoever_came_first() {
    let picky = person(1, |p| p.preferences.genders = GenderSet::EMPTY.with(Gender::Man));
    check(&picky, &person(2, |_| {}), false);
    check(&picky, &person(2, |p| p.gender = Gender::Man), true);
}

#[test]
fn an_age_outside_the_range_keeps_two_apart() {
    let picky = person(1, |p| p.preferences.ages = ages(18, 25));
    check(&picky, &person(2, |_| {}), false);
    check(&picky, &person(2, |p| p.born = Day::from_ymd(2003, 1, 1).unwrap()), true);
}

#[test]
fn a_language_in_common_is_needed_unless_both_do_without() {
    let hindi = |p: &mut PersonFacts| p.languages = SpokenLanguages::EMPTY.with(SpokenLanguage::Hindi);
    check(&person(1, |_| {}), &person(2, hindi), false);
    let easy = person(1, |p| p.preferences.demands = FilterSet::EMPTY);
    check(&easy, &person(2, hindi), false);
    let both = person(2, |p| {
        hindi(p);
        p.preferences.demands = FilterSet::EMPTY;
    });
    check(&easy, &both, true);
}

#[test]
fn a_country_is_asked_for_in_both_directions() {
    let local = person(1, |p| p.preferences.country = Country::from_code("BR"));
    check(&local, &person(2, |_| {}), false);
    check(&local, &person(2, |p| p.country = Country::from_code("BR").unwrap()), true);
}

#[test]
fn a_filter_that_nobody_is_offered_yet_keeps_nobody_waiting() {
    let careful = person(1, |p| p.preferences = p.preferences.with_demand(Filter::Verified));
    check(&careful, &person(2, |_| {}), true);
    assert!(!Filter::switches().any(|filter| filter == Filter::Verified));
    assert!(careful.preferences.demands.contains(Filter::Verified), "what they chose is kept");
}

#[test]
fn a_dropped_filter_counts_for_this_search_alone() {
    let mut pool = Pool::default();
    pool.offer(&person(1, |_| {}), NOW, Widening::EMPTY, NOW);
    let picky = person(2, |p| p.preferences.country = Country::from_code("BR"));
    assert_eq!(pool.offer(&picky, NOW, Widening::EMPTY, NOW), Found::Nobody);
    assert_eq!(pool.best_widening(&picky, Widening::EMPTY, NOW), Some((Filter::Country, 1)));
    let wide = Widening::EMPTY.with(Filter::Country);
    assert_eq!(pool.offer(&picky, NOW, wide, NOW), Found::Partner(PersonId::new(1)));
}

#[test]
fn shared_interests_win_over_a_shorter_list() {
    let mut pool = Pool::default();
    let many = InterestSet::EMPTY.with(Interest::Chatting).with(Interest::Games).with(Interest::Music);
    // Neither accepts the other, so both wait.
    let men = |p: &mut PersonFacts| p.preferences.genders = GenderSet::EMPTY.with(Gender::Man);
    pool.offer(&person(1, men), NOW, Widening::EMPTY, NOW);
    let alike = person(2, |p| {
        men(p);
        p.interests = many;
    });
    pool.offer(&alike, NOW, Widening::EMPTY, NOW);
    let seeker = person(3, |p| {
        p.gender = Gender::Man;
        p.interests = many;
    });
    assert_eq!(pool.offer(&seeker, NOW, Widening::EMPTY, NOW), Found::Partner(PersonId::new(2)));
}

#[test]
fn good_conduct_wins_over_a_shorter_list() {
    let mut pool = Pool::default();
    for (number, ups, downs) in [(1, 0, 9), (2, 9, 0)] {
        let waiting = person(number, |p| {
            p.preferences.genders = GenderSet::EMPTY.with(Gender::Man);
            (p.ratings_up, p.ratings_down) = (ups, downs);
        });
        assert_eq!(pool.offer(&waiting, NOW, Widening::EMPTY, NOW), Found::Nobody);
    }
    let seeker = person(3, |p| p.gender = Gender::Man);
    assert_eq!(pool.offer(&seeker, NOW, Widening::EMPTY, NOW), Found::Partner(PersonId::new(2)));
}

#[test]
fn the_same_city_counts_and_having_none_is_not_the_same() {
    let men = |p: &mut PersonFacts| p.preferences.genders = GenderSet::EMPTY.with(Gender::Man);
    let from = |number: i64, city: Option<u32>, gender: Gender| {
        person(number, |p| {
            men(p);
            (p.city_mark, p.gender) = (city, gender);
        })
    };
    for (city, partner) in [(None, 1), (Some(7), 2), (Some(9), 1)] {
        let mut pool = Pool::default();
        for (number, city) in [(1, Some(5)), (2, Some(7)), (3, None)] {
            assert_eq!(pool.offer(&from(number, city, Gender::Woman), NOW, Widening::EMPTY, NOW), Found::Nobody);
        }
        let mut seeker = from(4, city, Gender::Man);
        seeker.preferences.genders = GenderSet::EMPTY.with(Gender::Woman);
        assert_eq!(pool.offer(&seeker, NOW, Widening::EMPTY, NOW), Found::Partner(PersonId::new(partner)), "{city:?}");
    }
}

#[test]
fn the_longest_waiter_comes_first_once_overdue() {
    let mut pool = Pool::default();
    let men = |p: &mut PersonFacts| p.preferences.genders = GenderSet::EMPTY.with(Gender::Man);
    pool.offer(&person(1, men), NOW, Widening::EMPTY, NOW);
    let later = NOW.plus(crate::search::policy::OVERDUE_AFTER);
    let alike = person(2, |p| {
        men(p);
        p.interests = Interest::ALL.iter().copied().collect();
    });
    pool.offer(&alike, later, Widening::EMPTY, later);
    assert!(pool.advance(later).is_empty());
    let seeker = person(3, |p| {
        p.gender = Gender::Man;
        p.interests = Interest::ALL.iter().copied().collect();
    });
    assert_eq!(pool.offer(&seeker, later, Widening::EMPTY, later), Found::Partner(PersonId::new(1)));
}

#[test]
fn a_block_outlives_a_recent_chat() {
    let mut pool = Pool::default();
    let (one, two) = (person(1, |_| {}), person(2, |_| {}));
    pool.separate(one.person, two.person).unwrap();
    pool.separate_lately(one.person, two.person, NOW, NOW);
    pool.offer(&one, NOW, Widening::EMPTY, NOW);
    pool.offer(&two, NOW, Widening::EMPTY, NOW);
    assert_eq!(pool.relent(one.person, NOW), None);
    let next_day = NOW.plus(super::RECENT * 2);
    assert!(pool.advance(next_day).is_empty());
    assert_eq!(pool.len(), 2);
}

#[test]
fn recent_partners_meet_again_after_a_day() {
    let mut pool = Pool::default();
    let (one, two) = (person(1, |_| {}), person(2, |_| {}));
    pool.separate_lately(one.person, two.person, NOW, NOW);
    pool.offer(&one, NOW, Widening::EMPTY, NOW);
    pool.offer(&two, NOW, Widening::EMPTY, NOW);
    assert!(pool.advance(NOW.plus(super::RECENT / 2)).is_empty());
    assert_eq!(pool.advance(NOW.plus(super::RECENT)), [(one.person, two.person)]);
}

#[test]
fn of_recent_partners_the_last_hundred_are_kept_apart() {
    let mut pool = Pool::default();
    let busy = person(1, |_| {});
    let block = PersonId::new(1_000);
    pool.separate(busy.person, block).unwrap();
    for number in 2..=150 {
        let at = NOW.plus(Duration::from_secs(u64::try_from(number).unwrap()));
        pool.separate_lately(busy.person, PersonId::new(number), at, at);
    }
    let now = NOW.plus(Duration::from_secs(200));
    pool.advance(now);
    assert_eq!(pool.matcher.count_exclusions(), 101);
    let apart = |pool: &Pool, number| pool.matcher.find_exclusion(busy.person, PersonId::new(number)).is_some();
    assert!(!apart(&pool, 50) && apart(&pool, 51) && apart(&pool, 150), "the oldest went");
    assert!(pool.is_separated_for_ever(busy.person, block), "a block is none of them");
}

#[test]
fn of_all_recent_partners_the_last_are_kept_apart_and_every_block_is() {
    let mut pool = Pool { max_recent_pairs: 3, ..Pool::default() };
    let of = |number: i64| [PersonId::new(number), PersonId::new(number + 1_000)];
    for number in 1..=5 {
        let [first, second] = of(number + 100);
        pool.separate(first, second).unwrap();
    }
    let at = |number: i64| NOW.plus(Duration::from_secs(u64::try_from(number).unwrap()));
    for number in 1..=5 {
        let [first, second] = of(number);
        pool.separate_lately(first, second, at(number), NOW);
    }
    pool.advance(at(10));
    let kept: Vec<i64> = (1..=5).filter(|&n| pool.matcher.find_exclusion(of(n)[0], of(n)[1]).is_some()).collect();
    assert_eq!(kept, [3, 4, 5], "the oldest went");
    assert!((101..=105).all(|n| pool.is_separated_for_ever(of(n)[0], of(n)[1])));
}

#[test]
fn a_firm_parting_stays_firm_and_no_longer_than_a_day() {
    let mut pool = Pool::default();
    let (one, two) = (person(1, |_| {}), person(2, |_| {}));
    pool.separate_lately(one.person, two.person, NOW, NOW);
    pool.separate_firmly(one.person, two.person);
    pool.offer(&one, NOW, Widening::EMPTY, NOW);
    pool.offer(&two, NOW, Widening::EMPTY, NOW);
    assert_eq!(pool.relent(one.person, NOW), None);
    assert!(pool.advance(NOW.plus(super::RECENT / 2)).is_empty());
    assert_eq!(pool.advance(NOW.plus(super::RECENT + Duration::from_millis(1))), [(one.person, two.person)]);
}

#[test]
fn a_clock_set_back_goes_on_from_where_it_stood() {
    let mut pool = Pool::default();
    let later = NOW.plus(Duration::from_hours(48));
    pool.advance(later);
    let (one, two) = (person(1, |_| {}), person(2, |_| {}));
    pool.separate_lately(one.person, two.person, NOW, NOW);
    pool.offer(&one, NOW, Widening::EMPTY, NOW);
    pool.offer(&two, NOW, Widening::EMPTY, NOW);
    assert!(pool.advance(NOW.plus(super::RECENT / 2)).is_empty(), "a day lasts a day");
    assert!(pool.next_deadline().unwrap() <= NOW.plus(super::RECENT));
    assert_eq!(pool.advance(NOW.plus(super::RECENT)), [(one.person, two.person)]);
}

#[test]
fn a_clock_set_back_stops_nobody() {
    let mut pool = Pool::default();
    pool.offer(&person(1, |_| {}), NOW, Widening::EMPTY, NOW);
    let earlier = Timestamp::from_micros(NOW.as_micros() - 60_000_000);
    assert_eq!(pool.offer(&person(2, |_| {}), earlier, Widening::EMPTY, earlier), Found::Partner(PersonId::new(1)));
}

/// Whether one accepts the other, said once more in plain words.
fn accepts(me: &PersonFacts, them: &PersonFacts) -> bool {
    let wants = &me.preferences;
    let is_precise = me.is_premium(NOW);
    let asks_for = |filter| wants.demands.contains(filter);
    let is_local = is_precise && asks_for(Filter::City) && me.city_mark.is_some();
    let lives_right = if is_local {
        them.country == me.country && them.city_mark == me.city_mark
    } else {
        !is_precise || wants.country.is_none_or(|country| country == them.country)
    };
    wants.genders.contains(them.gender)
        && (!is_precise || wants.ages.contains(them.age(NOW)))
        && lives_right
        && (!asks_for(Filter::Language) || !me.languages.intersection(them.languages).is_empty())
        && (!is_precise || !asks_for(Filter::Interest) || !me.interests.intersection(them.interests).is_empty())
}

fn anybody(number: i64) -> impl Strategy<Value = PersonFacts> {
    // Cities that differ in one byte of their mark, each of the four in turn.
    let cities = prop_oneof![Just(None), proptest::sample::select(vec![1_u32, 2, 257, 65_537, 16_777_217]).prop_map(Some)];
    let is = (0..3_usize, 1970..2005_i32, 0..2_usize, cities, 1..4_u64, 1..8_u16, any::<bool>(), any::<bool>());
    let switches: Vec<Filter> = Filter::switches().collect();
    let switches = proptest::sample::subsequence(switches.clone(), 0..=switches.len());
    let demands = switches.prop_map(|on| on.into_iter().collect::<FilterSet>());
    let wants = (1..8_u8, 18..60_u8, 0..60_u8, 0..3_usize, demands);
    (is, wants).prop_map(move |(is, wants)| {
        let (gender, year, country, city, languages, interests, is_verified, is_premium) = is;
        let (genders, low, span, wanted_country, demands) = wants;
        let countries = ["IN", "BR"].map(|code| Country::from_code(code).unwrap());
        person(number, |p| {
            p.gender = Gender::ALL[gender];
            p.born = Day::from_ymd(year, 6, 1).unwrap();
            p.country = countries[country];
            p.city_mark = city;
            p.languages = SpokenLanguages::from_bits(languages);
            p.interests = InterestSet::from_bits(interests);
            p.is_verified = is_verified;
            p.premium_until = is_premium.then_some(Timestamp::MAX);
            p.preferences.genders = GenderSet::from_bits(genders);
            p.preferences.ages = ages(low, low + span);
            p.preferences.country = countries.get(wanted_country).copied();
            p.preferences.demands = demands;
        })
    })
}

#[test]
fn premium_goes_first_among_equals_and_not_before_a_much_longer_wait() {
    let man = |number, is_premium: bool| {
        person(number, |p| {
            p.gender = Gender::Man;
            p.premium_until = is_premium.then_some(Timestamp::MAX);
        })
    };
    let served = |free_waits_s: u64| {
        let mut pool = Pool::default();
        let since = |seconds: u64| NOW.plus(Duration::from_secs(100 - seconds));
        pool.offer(&man(1, false), since(free_waits_s), Widening::EMPTY, since(free_waits_s));
        pool.separate(PersonId::new(1), PersonId::new(2)).unwrap();
        pool.offer(&man(2, true), since(1), Widening::EMPTY, since(1));
        pool.offer(&person(3, |_| {}), since(0), Widening::EMPTY, since(0))
    };
    assert_eq!(served(5), Found::Partner(PersonId::new(2)));
    assert_eq!(served(60), Found::Partner(PersonId::new(1)), "forty points are forty seconds");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn two_people_meet_only_if_each_accepts_the_other(first in anybody(1), second in anybody(2)) {
        let mut pool = Pool::default();
        pool.offer(&first, NOW, Widening::EMPTY, NOW);
        let found = pool.offer(&second, NOW, Widening::EMPTY, NOW);
        let fit = accepts(&first, &second) && accepts(&second, &first);
        prop_assert_eq!(found, if fit { Found::Partner(first.person) } else { Found::Nobody });
    }

    #[test]
    fn a_dropped_filter_gives_way_alone(first in anybody(1), second in anybody(2), filter in 0..Filter::ALL.len()) {
        let filter = Filter::ALL[filter];
        let mut open = second.clone();
        match filter {
            Filter::Age => open.preferences.ages = AgeRange::ANY,
            Filter::Country => open.preferences.country = None,
            Filter::Gender => open.preferences.genders = Gender::ALL.iter().copied().collect(),
            switch => open.preferences.demands = open.preferences.demands.without(switch),
        }
        let mut pool = Pool::default();
        pool.offer(&first, NOW, Widening::EMPTY, NOW);
        let would_fit = pool.best_widening(&second, Widening::EMPTY, NOW);
        let found = pool.offer(&second, NOW, Widening::EMPTY.with(filter), NOW);
        let fit = accepts(&first, &open) && accepts(&open, &first);
        prop_assert_eq!(found, if fit { Found::Partner(first.person) } else { Found::Nobody });
        prop_assert!(!fit || filter == Filter::Gender || would_fit.is_some());
    }
}

#[test]
fn premium_counts_as_much_as_forty_seconds_of_waiting() {
    for (head_start_s, first_served) in [(39, 2), (41, 1)] {
        let mut pool = Pool::default();
        let only = |gender: Gender| GenderSet::EMPTY.with(gender);
        let free = person(1, |p| {
            p.premium_until = None;
            p.preferences.genders = only(Gender::Man);
        });
        let premium = person(2, |p| p.preferences.genders = only(Gender::Man));
        let before = NOW.minus(std::time::Duration::from_secs(head_start_s));
        pool.offer(&free, before, Widening::EMPTY, before);
        pool.offer(&premium, NOW, Widening::EMPTY, NOW);
        let seeker = person(3, |p| {
            p.gender = Gender::Man;
            p.preferences.genders = only(Gender::Woman);
        });
        assert_eq!(pool.offer(&seeker, NOW, Widening::EMPTY, NOW), Found::Partner(PersonId::new(first_served)));
    }
}

#[test]
fn nobody_is_passed_over_more_than_twenty_times_even_if_the_search_changes() {
    let only = |gender: Gender| GenderSet::EMPTY.with(gender);
    let woman = |number, is_premium: bool| {
        person(number, |p| {
            p.premium_until = is_premium.then_some(Timestamp::MAX);
            p.preferences.genders = only(Gender::Man);
        })
    };
    let mut pool = Pool::default();
    pool.offer(&woman(1, false), NOW, Widening::EMPTY, NOW);
    for round in 0..=20 {
        let (rival, man) = (100 + round, 200 + round);
        pool.offer(&woman(rival, true), NOW, Widening::EMPTY, NOW);
        if round == 10 {
            pool.offer(&woman(1, false), NOW, Widening::EMPTY.with(Filter::Language), NOW);
        }
        let man = person(man, |p| {
            p.gender = Gender::Man;
            p.preferences.genders = only(Gender::Woman);
        });
        let expected = PersonId::new(if round < 20 { rival } else { 1 });
        assert_eq!(pool.offer(&man, NOW, Widening::EMPTY, NOW), Found::Partner(expected), "round {round}");
    }
}

#[test]
fn any_weights_make_a_pool() {
    let most = ScoreWeights {
        interest: u16::MAX,
        counted_interests: u8::MAX,
        age: u16::MAX,
        age_slope: u16::MAX,
        country: u16::MAX,
        city: u16::MAX,
        conduct: u8::MAX,
        second: u8::MAX,
        waiting: u16::MAX,
        premium: u16::MAX,
        passes: u8::MAX,
    };
    let least = ScoreWeights {
        interest: 0,
        counted_interests: 0,
        age: 0,
        age_slope: 0,
        country: 0,
        city: 0,
        conduct: 0,
        second: 0,
        waiting: 0,
        premium: 0,
        passes: 0,
    };
    for weights in [most, least] {
        let mut pool = Pool::new(weights);
        assert_eq!(pool.offer(&person(1, |_| {}), NOW, Widening::EMPTY, NOW), Found::Nobody);
        assert_eq!(pool.offer(&person(2, |_| {}), NOW, Widening::EMPTY, NOW), Found::Partner(PersonId::new(1)));
    }
}
