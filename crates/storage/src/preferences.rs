//! Preferences as a row, which the same struct reads and writes.

use diesel::prelude::*;
use luvhive_core::filter::{Filter, FilterSet};
use luvhive_core::person::{Age, Country, QuietHours, Reminders, Zone};
use luvhive_core::ports::StoreError;
use luvhive_core::preferences::{AgeRange, Preferences};

use crate::codes::{self, corrupt, read};
use crate::schema::preferences;

/// Declares the columns of the filters that are switches. `requires_same_city = City,` gives the column a field of
/// [`DemandColumns`], which `From<FilterSet>` fills and [`DemandColumns::demands`] reads.
macro_rules! demand_columns {
    ($($column:ident = $filter:ident,)+) => {
        /// The filters that are switches, a column each.
        #[derive(Queryable, Selectable, Insertable, AsChangeset)]
        #[diesel(table_name = preferences, check_for_backend(diesel::pg::Pg))]
        pub(crate) struct DemandColumns {
            $($column: bool,)+
        }

        impl From<FilterSet> for DemandColumns {
            fn from(demands: FilterSet) -> Self {
                Self { $($column: demands.contains(Filter::$filter),)+ }
            }
        }

        impl DemandColumns {
            fn demands(&self) -> FilterSet {
                let columns = [$((self.$column, Filter::$filter),)+];
                columns.into_iter().filter_map(|(is_on, filter)| is_on.then_some(filter)).collect()
            }
        }
    };
}

demand_columns! {
    requires_common_language = Language,
    requires_verified = Verified,
    requires_same_city = City,
    requires_common_interest = Interest,
}

/// A row of preferences.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = preferences, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct PreferencesRow {
    genders: Vec<String>,
    lowest_age: i16,
    highest_age: i16,
    country: Option<String>,
    #[diesel(embed)]
    demands: DemandColumns,
    accepts_media: bool,
    protects_content: bool,
    is_reminded: bool,
    time_zone: Option<String>,
    quiet_from: Option<i16>,
    quiet_until: Option<i16>,
    withheld: Vec<String>,
}

impl From<&Preferences> for PreferencesRow {
    fn from(wanted: &Preferences) -> Self {
        let reminders = wanted.reminders;
        Self {
            genders: codes::of_genders(wanted.genders).into_iter().map(str::to_owned).collect(),
            lowest_age: i16::from(wanted.ages.low().years()),
            highest_age: i16::from(wanted.ages.high().years()),
            country: wanted.country.map(|country| country.code().to_owned()),
            demands: wanted.demands.into(),
            accepts_media: wanted.accepts_media,
            protects_content: wanted.protects_content,
            is_reminded: reminders.are_on,
            time_zone: reminders.zone.map(|zone| zone.name().to_owned()),
            quiet_from: reminders.quiet.map(|hours| i16::from(hours.from())),
            quiet_until: reminders.quiet.map(|hours| i16::from(hours.until())),
            withheld: codes::of_contents(wanted.withheld).into_iter().map(str::to_owned).collect(),
        }
    }
}

impl TryFrom<&PreferencesRow> for Preferences {
    type Error = StoreError;

    fn try_from(row: &PreferencesRow) -> Result<Self, StoreError> {
        let age = |years: i16| u8::try_from(years).ok().and_then(Age::new).ok_or(corrupt("age wanted"));
        let hour = |hour: i16| u8::try_from(hour).map_err(|_negative| corrupt("quiet hour"));
        let quiet = match (row.quiet_from, row.quiet_until) {
            (Some(from), Some(until)) => Some(read(QuietHours::new(hour(from)?, hour(until)?), "quiet hours")?),
            _ => None,
        };
        Ok(Self {
            genders: codes::genders(&row.genders)?,
            ages: read(AgeRange::new(age(row.lowest_age)?, age(row.highest_age)?), "ages wanted")?,
            country: row.country.as_deref().and_then(Country::from_code),
            demands: row.demands.demands(),
            accepts_media: row.accepts_media,
            withheld: codes::contents(&row.withheld),
            protects_content: row.protects_content,
            // A zone that a newer or older list does not know is that of the country.
            reminders: Reminders { are_on: row.is_reminded, zone: row.time_zone.as_deref().and_then(Zone::from_name), quiet },
        })
    }
}
