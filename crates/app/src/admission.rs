//! Whether newcomers may register: a bot on Telegram stays closed until somebody answers for it. A sandbox is open.

use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_core::id::BotId;
use luvhive_core::person::Country;
use luvhive_core::ports::PeopleStore as _;
use luvhive_storage::PgStore;
use luvhive_telegram::dialog::{Admission, Entry};

use crate::data_key;
use crate::database::Opened;
use crate::error::AppError;
use crate::settings::{Fault, Settings, SettingsError};
use crate::side::Side;

/// What somebody who answers for a bot has named.
struct Need {
    /// Its line of `luvhive doctor`.
    name: &'static str,
    named: fn(&Settings) -> &str,
    met: &'static str,
    unmet: &'static str,
    remedy: &'static str,
}

/// What the settings hold. A data key has a line of its own ([`data_key::check`]), and so has the moderator.
const NEEDS: [Need; 3] = [
    Need {
        name: "controller",
        named: |settings| &settings.controller,
        met: "the privacy notice names who answers for people's data",
        unmet: "the privacy notice does not say who answers for people's data, so nobody can register",
        remedy: "set privacy.controller: a name and an address",
    },
    Need {
        name: "support_contact",
        named: |settings| &settings.support_contact,
        met: "people are told whom to write to",
        unmet: "people are told no contact, so nobody can register",
        remedy: "set support.contact: a @name or an address that /support and /paysupport show",
    },
    Need {
        name: "safety_contact",
        named: |settings| &settings.safety_contact,
        met: "people are told whom to write to when a child may be in danger",
        unmet: "people are not told whom to write to when a child may be in danger, so nobody can register",
        remedy: "set safety.contact: a @name or an address that is read every day",
    },
];

const NO_MODERATOR: &str = "nobody moderates, so nobody can register";
const APPOINT: &str = "`luvhive staff add <account> moderator`; a running bot opens at once";

/// Lists what is missing in the settings before newcomers can come in, by the lines of `luvhive doctor`.
fn missing(settings: &Settings) -> Vec<&'static str> {
    let unmet = NEEDS.iter().filter(|need| (need.named)(settings).is_empty()).map(|need| need.name);
    unmet.chain(settings.data_key.is_none().then_some("data_key")).collect()
}

/// Decides what newcomers meet at the door, with keys in the settings as far as there are any. Logs why it is closed.
///
/// # Errors
/// [`AppError::Pool`], when the database cannot be asked whether somebody moderates.
pub(crate) async fn entry(settings: &Settings, is_real: bool, (opened, bot): (&Opened, BotId)) -> Result<Entry, AppError> {
    if settings.data_key.is_none() {
        tracing::warn!(remedy = data_key::REMEDY, "{}", data_key::WITHOUT);
    }
    let missing = missing(settings);
    let admission = match missing.as_slice() {
        _ if !is_real => Admission::Open,
        [] => Admission::WhileModerated,
        missing => {
            let remedy = "`luvhive doctor` says what to set";
            tracing::warn!(missing = missing.join(", "), remedy, "nobody can register until somebody answers for this bot");
            Admission::Closed
        }
    };
    if admission == Admission::WhileModerated && !is_moderated(settings, opened, bot).await? {
        tracing::warn!(remedy = APPOINT, "{NO_MODERATOR}");
    }
    let closed_countries = settings.closed_countries.iter().filter_map(|code| Country::from_code(code)).collect();
    Ok(Entry { admission, closed_countries, ..Entry::default() })
}

async fn is_moderated(settings: &Settings, opened: &Opened, bot: BotId) -> Result<bool, AppError> {
    let store = PgStore::new(opened.pool(settings).await?, bot);
    store.has_moderator().await.map_err(AppError::Store)
}

/// A line for each thing that the settings have to name, for `luvhive doctor`.
pub(crate) fn checks(settings: &Settings, is_sandbox: bool) -> Vec<Check> {
    let check = |need: &Need| match (need.named)(settings) {
        _ if is_sandbox => Check::skipped(need.name, "no token is set; a sandbox is open to everybody"),
        "" => Check::warn(need.name, need.unmet, need.remedy),
        _ => Check::ok(need.name, need.met),
    };
    NEEDS.iter().map(check).collect()
}

/// Whether somebody moderates, for `luvhive doctor`.
pub(crate) async fn check_moderator(settings: &Settings, opened: &Opened, side: Option<(&Side, BotId)>) -> Check {
    let name = "moderator";
    let bot = match side {
        Some((Side::Telegram(_), bot)) => bot,
        Some((Side::Sandbox, _)) => return Check::skipped(name, "no token is set; a sandbox is open to everybody"),
        None => return Check::skipped(name, "no bot has run here yet"),
    };
    match is_moderated(settings, opened, bot).await {
        Ok(true) => Check::ok(name, "somebody moderates"),
        Ok(false) => Check::warn(name, NO_MODERATOR, APPOINT),
        Err(error) => Check::skipped(name, chain(&error)),
    }
}

/// Checks what the crate of settings cannot know: which countries there are.
///
/// # Errors
/// [`SettingsError`] with every code that no country has.
pub(crate) fn checked(settings: Settings) -> Result<Settings, SettingsError> {
    let unknown = settings.closed_countries.iter().filter(|code| Country::from_code(code).is_none());
    let faults: Vec<Fault> = unknown
        .map(|code| Fault {
            key: "countries.closed".to_owned(),
            problem: format!("no country has the code {code:?}"),
            remedy: "give codes of ISO 3166-1, such as GB for the United Kingdom".to_owned(),
        })
        .collect();
    if faults.is_empty() { Ok(settings) } else { Err(SettingsError(faults)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use luvhive_core::check::Status;

    use super::*;

    fn settings(set: &[(&str, &str)]) -> Settings {
        let all: BTreeMap<String, String> = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::load(&all).unwrap()
    }

    const ANSWERED: [(&str, &str); 4] = [
        ("LUVHIVE__PRIVACY__CONTROLLER", "Hive Ltd, 1 Comb Lane, Leeds"),
        ("LUVHIVE__SUPPORT__CONTACT", "@LuvHiveHelp"),
        ("LUVHIVE__SAFETY__CONTACT", "safety@example.org"),
        ("LUVHIVE_DATA_KEY", "d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1"),
    ];

    #[test]
    fn each_thing_that_nobody_named_is_missed_under_its_own_name() {
        let names = ["controller", "support_contact", "safety_contact", "data_key"];
        assert_eq!(missing(&settings(&[])), names);
        assert_eq!(missing(&settings(&ANSWERED)), [""; 0]);
        for (left_out, name) in names.into_iter().enumerate() {
            let others: Vec<_> = ANSWERED.into_iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, one)| one).collect();
            assert_eq!(missing(&settings(&others)), [name]);
        }
    }

    #[test]
    fn doctor_has_a_line_for_each_of_them() {
        let statuses = |checks: Vec<Check>| checks.iter().map(|check| (check.name, check.status)).collect::<Vec<_>>();
        let all = |status| ["controller", "support_contact", "safety_contact"].map(|name| (name, status));
        assert_eq!(statuses(checks(&settings(&[]), false)), all(Status::Warn));
        assert_eq!(statuses(checks(&settings(&ANSWERED), false)), all(Status::Ok));
        assert_eq!(statuses(checks(&settings(&[]), true)), all(Status::Skipped));
    }

    #[test]
    fn a_code_that_no_country_has_is_refused() {
        let closed = |codes| checked(settings(&[("LUVHIVE__COUNTRIES__CLOSED", codes)]));
        assert_eq!(closed("gb, FR").unwrap().closed_countries, ["GB", "FR"]);
        assert!(closed("GB,UK").unwrap_err().to_string().contains("no country has the code \"UK\""));
    }
}
