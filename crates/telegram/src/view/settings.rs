//! Settings: whom to meet, what passes in a chat, when to be left alone, and the bot's language.

use luvhive_core::chat::Content;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Age, Country, Gender, PersonFacts, QuietHours, UiLanguage, Zone};
use luvhive_core::preferences::{AgeRange, Preferences};
use luvhive_core::time::Timestamp;

use super::country as list;
use super::registration::{chosen, found_or_not};
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, Demand, SettingsAction, SettingsPage, SettingsValue};
use crate::locale::Words;

/// Ranges of ages offered at once, both ends included; the last one is open above.
const AGE_CHOICES: &[(u8, u8)] = &[(18, 25), (21, 30), (25, 35), (30, 45), (40, 60)];
/// Quiet hours offered at once.
const QUIET_CHOICES: &[(u8, u8)] = &[(21, 7), (22, 8), (23, 7), (0, 9)];
/// The youngest of "50 and over".
const ELDERS_FROM: u8 = 50;

/// Whose settings are shown, in which words, and when.
#[derive(Clone, Copy)]
pub(crate) struct Me<'a> {
    pub(crate) words: Words,
    facts: &'a PersonFacts,
    preferences: &'a Preferences,
    now: Timestamp,
}

impl<'a> Me<'a> {
    /// Whether filters of premium count now.
    fn is_premium(&self) -> bool {
        self.facts.is_premium(self.now)
    }

    /// What is said about premium on a page with its filters: nothing to those who have it.
    fn premium_note(&self, screen: Screen) -> Screen {
        if self.is_premium() {
            return screen;
        }
        let screen = screen.with_paragraph(&self.words.text("filters-premium"));
        if self.preferences.asks_for_premium() { screen.with_paragraph(&self.words.text("filters-kept")) } else { screen }
    }

    /// Somebody with these facts.
    pub(crate) fn of(words: Words, facts: &'a PersonFacts, now: Timestamp) -> Self {
        Self { words, facts, preferences: &facts.preferences, now }
    }
}

/// Where a button that leads to a page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a row of its own.
    Below,
    /// Beside the one before.
    Beside,
}

/// The button that leads to a page, or none.
macro_rules! way {
    () => { None };
    ($($way:tt)+) => { Some(($($way)+)) };
}

/// Declares the pages, in the order of the buttons that lead to them.
///
/// `Quiet => quiet(me), Below "reminders-edit-quiet" on Reminders;` shows `quiet(me)` for [`SettingsPage::Quiet`], and the
/// page of reminders has a button to it with that text. A page of a list is reached by its first: `Countries(page = 0)`.
macro_rules! pages {
    ($me:ident; $(
        $page:ident $(($part:ident = $first:literal))? => $screen:expr $(, $place:ident $key:literal on $from:ident)?;
    )+) => {
        /// A page of the settings.
        pub(crate) fn page($me: &Me<'_>, page: SettingsPage) -> Screen {
            match page { $(SettingsPage::$page $(($part))? => $screen,)+ }
        }

        /// Every page, with the button that leads to it: the page it stands on, its place and its text.
        const PAGES: &[(SettingsPage, Option<(SettingsPage, Place, &str)>)] =
            &[$((SettingsPage::$page $(($first))?, way!($(SettingsPage::$from, Place::$place, $key)?))),+];
    };
}

pages! { me;
    Overview => overview(me);
    Wanted => wanted(me), Below "settings-edit-wanted" on Overview;
    Ages => ages(me), Below "settings-edit-ages" on Overview;
    Countries(page = 0) => countries(me, page), Beside "settings-edit-country" on Overview;
    Filters => filters(me), Below "settings-edit-filters" on Overview;
    Chat => chat(me), Below "settings-edit-chat" on Overview;
    Reminders => reminders(me), Below "settings-edit-reminders" on Overview;
    Quiet => quiet(me), Below "reminders-edit-quiet" on Reminders;
    Zones => zones(me), Below "reminders-edit-zone" on Reminders;
    Consent => consent(me.words), Below "settings-edit-consent" on Overview;
    Languages => languages(me.words), Below "settings-edit-language" on Overview;
}

/// The buttons that lead from a page to others.
fn ways_from(me: &Me<'_>, from: SettingsPage) -> Vec<Vec<Button>> {
    // Where the whole country keeps one time there is no zone to choose.
    let has_zones = Zone::of_country(me.facts.country).nth(1).is_some();
    let mut rows: Vec<Vec<Button>> = Vec::new();
    for &(page, way) in PAGES {
        let Some((_, place, key)) = way.filter(|&(on, ..)| on == from && (has_zones || page != SettingsPage::Zones)) else {
            continue;
        };
        let button = to(me.words.text(key), page);
        match rows.last_mut() {
            Some(row) if place == Place::Beside => row.push(button),
            _ => rows.push(vec![button]),
        }
    }
    rows
}

/// What taking the consents back does.
fn consent(words: Words) -> Screen {
    Screen::titled(words.text("unconsent-title"), words.text("unconsent-body")).with_buttons(vec![
        vec![Button::new(words.text("unconsent-yes"), Callback::Settings(SettingsAction::Unconsent))],
        done(words),
    ])
}

/// All settings.
pub(crate) fn overview(me: &Me<'_>) -> Screen {
    let (words, preferences) = (me.words, me.preferences);
    let switched = |is_on: bool, on: &str, off: &str| words.text(if is_on { on } else { off });
    let mut whom = vec![
        words.with("settings-wanted", &[("genders", words.gender_set(preferences.genders).into())]),
        ages_line(words, preferences.ages),
        match preferences.country {
            Some(country) => words.with("settings-country", &[("country", words.country(country).into())]),
            None => words.text("settings-country-any"),
        },
    ];
    let demands = preferences.demands;
    whom.extend(Filter::switches().map(|filter| words.filter(filter, if demands.contains(filter) { "on" } else { "off" })));
    let kinds = preferences.withheld.iter().map(|content| words.text(&format!("withheld-kind-{content}")));
    let withheld = words.with("settings-withheld", &[("kinds", words.list(kinds).into())]);
    let how = [
        switched(preferences.accepts_media, "settings-media-on", "settings-media-off"),
        switched(preferences.protects_content, "settings-protect-on", "settings-protect-off"),
        reminders_line(me),
        words.with("settings-language", &[("language", Words::own_name(words.language()).into())]),
    ];
    let withheld = (!preferences.withheld.is_empty()).then_some(withheld);
    let how: Vec<String> = how.into_iter().chain(withheld).collect();
    let screen = Screen::titled(words.text("settings-title"), whom.join("\n"));
    let is_kept = !me.is_premium() && preferences.asks_for_premium();
    let screen = if is_kept { screen.with_paragraph(&words.text("filters-kept")) } else { screen };
    screen
        .with_paragraph(&how.join("\n"))
        .with_paragraph(&words.text("settings-note"))
        .with_buttons(ways_from(me, SettingsPage::Overview))
}

/// Filters that are on or off.
pub(crate) fn filters(me: &Me<'_>) -> Screen {
    let (words, demands) = (me.words, me.preferences.demands);
    let switch = |filter| {
        let demand = move |is_on| set(SettingsValue::Demand(Demand { filter, is_on }));
        vec![Button::choice(words, words.filter(filter, "switch"), demands.contains(filter), demand)]
    };
    me.premium_note(Screen::titled(words.text("filters-title"), words.text("filters-body")))
        .with_buttons(Filter::switches().map(switch).chain([done(words)]).collect())
}

/// What passes in a chat.
pub(crate) fn chat(me: &Me<'_>) -> Screen {
    let (words, now) = (me.words, me.preferences);
    let mut buttons = vec![switch(words, "chat-settings-text-only", !now.accepts_media, |on| SettingsValue::Media(!on))];
    buttons.extend(Content::WITHHOLDABLE.map(|content| {
        let text = words.text(&format!("chat-settings-withhold-{content}"));
        let value = move |on| set(SettingsValue::Withhold(content, on));
        vec![Button::choice(words, text, now.withheld.contains(content), value)]
    }));
    buttons.push(switch(words, "chat-settings-protect", now.protects_content, SettingsValue::Protect));
    buttons.push(done(words));
    Screen::titled(words.text("chat-settings-title"), words.text("chat-settings-body")).with_buttons(buttons)
}

/// Whether and when to be reminded.
pub(crate) fn reminders(me: &Me<'_>) -> Screen {
    let (words, now) = (me.words, me.preferences.reminders);
    let mut buttons = vec![switch(words, "reminders-switch", now.are_on, SettingsValue::Remind)];
    buttons.extend(ways_from(me, SettingsPage::Reminders));
    buttons.push(done(words));
    Screen::titled(words.text("reminders-title"), reminders_line(me))
        .with_paragraph(&zone_line(me))
        .with_paragraph(&words.text("reminders-body"))
        .with_buttons(buttons)
}

/// The time zones of one's country, each with the time there.
pub(crate) fn zones(me: &Me<'_>) -> Screen {
    let words = me.words;
    let zone = |zone: Zone| {
        let place = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        let text = words.with("zone-choice", &[("place", place.into()), ("clock", clock(zone.clock(me.now)).into())]);
        Button::new(text, set(SettingsValue::Zone(zone)))
    };
    let mut buttons = rows(Zone::of_country(me.facts.country).map(zone), 2);
    buttons.push(vec![to(words.text("button-back"), SettingsPage::Reminders)]);
    Screen::titled(words.text("zone-title"), zone_line(me)).with_paragraph(&words.text("zone-body")).with_buttons(buttons)
}

/// Quiet hours: some usual ones, and single steps at both ends.
pub(crate) fn quiet(me: &Me<'_>) -> Screen {
    let words = me.words;
    let choice = |hours: QuietHours| Button::new(hours_text(words, hours), set(SettingsValue::Quiet(Some(hours))));
    let mut buttons = vec![vec![Button::new(words.text("quiet-none"), set(SettingsValue::Quiet(None)))]];
    buttons.extend(rows(QUIET_CHOICES.iter().filter_map(|&(from, until)| QuietHours::new(from, until)).map(choice), 2));
    if let Some(now) = me.preferences.reminders.quiet {
        let (earlier, later) = (|hour: u8| (hour + 23) % 24, |hour: u8| (hour + 1) % 24);
        let step = |key: &str, hour: u8, hours: Option<QuietHours>| {
            let text = words.with(key, &[("clock", clock((hour.into(), 0)).into())]);
            hours.map(|hours| Button::new(text, set(SettingsValue::Quiet(Some(hours)))))
        };
        let from = |hour| step("quiet-from", hour, QuietHours::new(hour, now.until()));
        let until = |hour| step("quiet-until", hour, QuietHours::new(now.from(), hour));
        buttons.push([from(earlier(now.from())), from(later(now.from()))].into_iter().flatten().collect());
        buttons.push([until(earlier(now.until())), until(later(now.until()))].into_iter().flatten().collect());
    }
    buttons.push(vec![to(words.text("button-back"), SettingsPage::Reminders)]);
    buttons.retain(|row| !row.is_empty());
    Screen::titled(words.text("quiet-title"), reminders_line(me)).with_paragraph(&zone_line(me)).with_buttons(buttons)
}

fn reminders_line(me: &Me<'_>) -> String {
    let (words, now) = (me.words, me.preferences.reminders);
    match now.quiet {
        _ if !now.are_on => words.text("settings-reminders-off"),
        None => words.text("settings-reminders-always"),
        Some(hours) => words.with("settings-reminders", &[("hours", hours_text(words, hours).into())]),
    }
}

fn zone_line(me: &Me<'_>) -> String {
    let zone = me.preferences.reminders.zone_in(me.facts.country);
    let clock = clock(zone.clock(me.now));
    me.words.with("reminders-zone", &[("zone", zone.name().into()), ("clock", clock.into())])
}

fn hours_text(words: Words, hours: QuietHours) -> String {
    let hour = |hour: u8| clock((hour.into(), 0)).into();
    words.with("quiet-choice", &[("from", hour(hours.from())), ("until", hour(hours.until()))])
}

fn clock((hour, minute): (u32, u32)) -> String {
    format!("{hour:02}:{minute:02}")
}

fn switch(words: Words, key: &str, is_on: bool, value: fn(bool) -> SettingsValue) -> Vec<Button> {
    vec![Button::choice(words, words.text(key), is_on, |on| set(value(on)))]
}

/// The bot's languages, each by its own name.
pub(crate) fn languages(words: Words) -> Screen {
    let language = |&language: &UiLanguage| {
        let choice = SettingsAction::Language(language);
        Button::choice(words, Words::own_name(language), language == words.language(), |_| Callback::Settings(choice))
    };
    Screen::plain(words.text("language-title")).with_buttons(rows(UiLanguage::ALL.iter().map(language), 2))
}

/// Whom to meet.
pub(crate) fn wanted(me: &Me<'_>) -> Screen {
    let (words, preferences) = (me.words, me.preferences);
    let gender = |&gender: &Gender| {
        let is_on = preferences.genders.contains(gender);
        Button::choice(words, words.genders(gender), is_on, |on| set(SettingsValue::Want(gender, on)))
    };
    let mut buttons = rows(Gender::ALL.iter().map(gender), 1);
    buttons.push(done(words));
    Screen::titled(words.text("wanted-title"), words.text("wanted-body"))
        .with_paragraph(&chosen(words, words.gender_set(preferences.genders)))
        .with_buttons(buttons)
}

/// Ages wanted: some usual ranges, and single steps at both ends.
pub(crate) fn ages(me: &Me<'_>) -> Screen {
    let (words, range) = (me.words, me.preferences.ages);
    let (low, high) = (range.low(), range.high());
    let offer = |low: u8, high: u8| AgeRange::new(Age::new(low)?, Age::new(high)?);
    let usual = AGE_CHOICES.iter().filter_map(|&(low, high)| offer(low, high));
    let elders = offer(ELDERS_FROM, Age::OLDEST.years());
    let choices = [AgeRange::ANY].into_iter().chain(usual).chain(elders);
    let choice = |range: AgeRange| Button::new(age_choice(words, range), set(SettingsValue::Ages(range)));
    let mut buttons = rows(choices.map(choice), 2);
    // A step that would make the range too narrow is none: such a range is widened at once.
    let is_step = |new: AgeRange, age: u8| {
        let ends = [new.low().years(), new.high().years()];
        ends == [age, high.years()] || ends == [low.years(), age]
    };
    let step = |key: &'static str, age: Option<u8>, shown: u8, range: Option<AgeRange>| {
        range
            .filter(|range| age.is_some_and(|age| is_step(*range, age)))
            .map(|range| Button::new(words.with(key, &[("age", shown.into())]), set(SettingsValue::Ages(range))))
    };
    let at_low = |low: Option<u8>| step("ages-youngest", low, low.unwrap_or(0), low.and_then(|low| offer(low, high.years())));
    let at_high = |high: Option<u8>| step("ages-oldest", high, high.unwrap_or(0), high.and_then(|high| offer(low.years(), high)));
    let lows = [low.years().checked_sub(1), low.years().checked_add(1)].map(at_low);
    buttons.push(lows.into_iter().flatten().collect());
    if range.high() != Age::OLDEST {
        let highs = [high.years().checked_sub(1), high.years().checked_add(1)].map(at_high);
        buttons.push(highs.into_iter().flatten().collect());
    }
    buttons.push(done(words));
    buttons.retain(|row| !row.is_empty());
    let body = if range == AgeRange::ANY {
        words.text("ages-body-any")
    } else if high == Age::OLDEST {
        words.with("ages-body-from", &[("low", low.years().into())])
    } else {
        words.with("ages-body", &[("low", low.years().into()), ("high", high.years().into())])
    };
    me.premium_note(Screen::titled(words.text("ages-title"), body)).with_buttons(buttons)
}

/// The country wanted: any, one's own, or one of all by page.
pub(crate) fn countries(me: &Me<'_>, page: u8) -> Screen {
    let (words, wanted, home) = (me.words, me.preferences.country, me.facts.country);
    let turn_to = |page| show(SettingsPage::Countries(page));
    let (list, _, _) = list::page(words, page, only, turn_to);
    let mine = words.with("country-filter-mine", &[("country", words.country(home).into())]);
    let any = Button::new(words.text("country-filter-any"), set(SettingsValue::Country(None)));
    let mut buttons = vec![vec![any], vec![Button::new(mine, only(home))]];
    buttons.extend(list);
    buttons.push(done(words));
    let body = match wanted {
        Some(country) => words.with("country-filter-body", &[("country", words.country(country).into())]),
        None => words.text("country-filter-body-any"),
    };
    me.premium_note(Screen::titled(words.text("country-filter-title"), body))
        .with_paragraph(&words.text("country-filter-hint"))
        .with_buttons(buttons)
}

/// What a search for a country found.
pub(crate) fn countries_found(words: Words, text: &str, found: &[Country]) -> Screen {
    let mut buttons = rows(found.iter().map(|&of| Button::new(words.country(of), only(of))), 1);
    buttons.push(vec![to(words.text("country-list"), SettingsPage::Countries(0))]);
    buttons.push(done(words));
    Screen::titled(words.text("country-filter-title"), found_or_not(words, text, found)).with_buttons(buttons)
}

fn ages_line(words: Words, range: AgeRange) -> String {
    let (low, high) = (range.low(), range.high());
    if range == AgeRange::ANY {
        words.text("settings-ages-any")
    } else if high == Age::OLDEST {
        words.with("settings-ages-from", &[("low", low.years().into())])
    } else {
        words.with("settings-ages", &[("low", low.years().into()), ("high", high.years().into())])
    }
}

fn age_choice(words: Words, range: AgeRange) -> String {
    if range == AgeRange::ANY {
        words.text("ages-choice-any")
    } else if range.high() == Age::OLDEST {
        words.with("ages-choice-from", &[("low", range.low().years().into())])
    } else {
        words.with("ages-choice", &[("low", range.low().years().into()), ("high", range.high().years().into())])
    }
}

fn only(country: Country) -> Callback {
    set(SettingsValue::Country(Some(country)))
}

fn show(page: SettingsPage) -> Callback {
    Callback::Settings(SettingsAction::Show(page))
}

fn set(value: SettingsValue) -> Callback {
    Callback::Settings(SettingsAction::Set(value))
}

fn to(text: String, page: SettingsPage) -> Button {
    Button::new(text, show(page))
}

fn done(words: Words) -> Vec<Button> {
    vec![to(words.text("settings-done"), SettingsPage::Overview)]
}
