//! How callback data is written: values as fields between colons, and enums of buttons from a row for each button.

use std::str::Split;

use luvhive_core::chat::Content;
use luvhive_core::coins::Gift;
use luvhive_core::conduct::ReportReason;
use luvhive_core::filter::Filter;
use luvhive_core::id::{ChatId, HoldId, MessageId, SanctionId};
use luvhive_core::person::{Age, CardPart, Country, Gender, Interest, QuietHours, SpokenLanguage, UiLanguage, Zone};
use luvhive_core::preferences::AgeRange;
use luvhive_core::premium::Plan;
use luvhive_core::time::Day;
#[cfg(test)]
use proptest::prelude::*;

/// A value in callback data: one field, or a few between colons.
pub(super) trait Field: Sized + std::fmt::Debug + 'static {
    /// Appends the value's fields.
    fn write(&self, fields: &mut Vec<String>);

    /// Takes the value's fields from the front; `None` if they are no such value.
    fn read(fields: &mut Split<'_, char>) -> Option<Self>;

    /// Any value.
    #[cfg(test)]
    fn any() -> BoxedStrategy<Self>;
}

/// Declares an enum of buttons, a row for each: the variant, the types of what it carries, and the word that stands before
/// that in the data. A row without a word is known by what it carries alone.
///
/// `buttons! { CoinAction { Open = "open", Give { gift: Gift, to: Receiver } = "give" } }` gives the public enum, and by
/// [`codec!`] its [`Field`]: `Give` is written `give:10:77`, read back from that, and among the values of `any`. An enum of
/// buttons ends the data, and the first row that takes all that is left of it is the one that is read.
macro_rules! buttons {
    ($(#[$about:meta])* $name:ident { $(
        $(#[$doc:meta])*
        $button:ident
            $({ $($(#[$note:meta])* $field:ident: $type:ty),+ $(,)? })? $(($($part:ident: $kind:ty),+))? $(= $word:literal)?
    ),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(
            $(#[$doc])*
            $(#[doc = concat!("Written `", $word, "`.")])?
            $button $({ $($(#[$note])* $field: $type),+ })? $(($($kind),+))?,
        )+ }

        codec! { $name { $($button $({ $($field: $type),+ })? $(($($part: $kind),+))? $(= $word)?),+ } }
    };
}
pub(super) use buttons;

/// Gives an enum its [`Field`], from the rows of [`buttons!`]: `write` and `any` have an arm for each row, `read` tries one
/// row after the other.
macro_rules! codec {
    ($name:ident { $(
        $button:ident $({ $($field:ident: $type:ty),+ $(,)? })? $(($($part:ident: $kind:ty),+))? $(= $word:literal)?
    ),+ $(,)? }) => {
        impl Field for $name {
            fn write(&self, fields: &mut Vec<String>) {
                match self { $(
                    Self::$button $({ $($field),+ })? $(($($part),+))? => {
                        $(fields.push($word.to_owned());)?
                        $($($field.write(fields);)+)?
                        $($($part.write(fields);)+)?
                    }
                )+ }
            }

            fn read(fields: &mut std::str::Split<'_, char>) -> Option<Self> {
                $crate::callback::field::read_row(fields, &[$(|mut rest| {
                    $(rest.next().filter(|&word| word == $word)?;)?
                    let read = Self::$button
                        $({ $($field: <$type as Field>::read(&mut rest)?),+ })?
                        $(($(<$kind as Field>::read(&mut rest)?),+))?;
                    rest.next().is_none().then_some(read)
                }),+])
            }

            #[cfg(test)]
            fn any() -> proptest::strategy::BoxedStrategy<Self> {
                use proptest::prelude::*;
                proptest::strategy::Union::new([$(
                    (Just(()), $($(<$type as Field>::any(),)+)? $($(<$kind as Field>::any(),)+)?)
                        .prop_map(|((), $($($field,)+)? $($($part,)+)?)| Self::$button $({ $($field),+ })? $(($($part),+))?)
                        .boxed()
                ),+]).boxed()
            }
        }
    };
}
pub(super) use codec;

/// Reads a row of [`buttons!`], if that is all the data.
type Row<T> = fn(Split<'_, char>) -> Option<T>;

/// Reads what is left of the data by the first row that can.
pub(super) fn read_row<T>(fields: &mut Split<'_, char>, rows: &[Row<T>]) -> Option<T> {
    let read = rows.iter().find_map(|row| row(fields.clone()))?;
    fields.by_ref().for_each(drop);
    Some(read)
}

/// Gives types their [`Field`], a row for each: how one is written, how it is read, and which values there are.
macro_rules! fields {
    ($($type:ty: $write:expr, $read:expr, $any:expr;)+) => { $(
        impl Field for $type {
            fn write(&self, fields: &mut Vec<String>) {
                let write: fn(&Self) -> String = $write;
                fields.push(write(self));
            }

            fn read(fields: &mut std::str::Split<'_, char>) -> Option<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                read(fields.next()?)
            }

            #[cfg(test)]
            fn any() -> BoxedStrategy<Self> {
                $any.boxed()
            }
        }
    )+ };
}
pub(super) use fields;

fields! {
    u8: u8::to_string, |field| field.parse().ok(), any::<u8>();
    u32: u32::to_string, |field| field.parse().ok(), any::<u32>();
    u64: u64::to_string, |field| field.parse().ok(), any::<u64>();
    bool: |is_on| u8::from(*is_on).to_string(), flag, any::<bool>();
    ChatId: ChatId::to_string, |field| field.parse().ok().map(Self::new), any::<i64>().prop_map(Self::new);
    HoldId: HoldId::to_string, |field| field.parse().ok().map(Self::new), any::<i64>().prop_map(Self::new);
    MessageId: MessageId::to_string, |field| field.parse().ok().map(Self::new), any::<i32>().prop_map(Self::new);
    SanctionId: SanctionId::to_string, |field| field.parse().ok().map(Self::new), any::<i64>().prop_map(Self::new);
    CardPart: CardPart::to_string, Self::from_code, pick(Self::ALL);
    Content: Content::to_string, Self::from_code, pick(Self::ALL);
    Filter: Filter::to_string, Self::from_code, pick(Self::ALL);
    Gender: Gender::to_string, Self::from_code, pick(Self::ALL);
    Gift: Gift::to_string, Self::from_code, pick(Self::ALL);
    Interest: Interest::to_string, Self::from_code, pick(Self::ALL);
    Plan: Plan::to_string, Self::from_code, pick(Self::ALL);
    ReportReason: ReportReason::to_string, Self::read, pick(Self::ALL);
    SpokenLanguage: SpokenLanguage::to_string, Self::from_code, pick(Self::ALL);
    UiLanguage: UiLanguage::to_string, Self::from_code, pick(Self::ALL);
    Country: Country::to_string, Self::from_code, countries();
    Zone: Zone::to_string, Self::from_name,
        proptest::sample::select(Country::all().flat_map(Self::of_country).collect::<Vec<_>>());
    Day: Day::to_string, day,
        (1900..2100_i32, 1..=12_u32, 1..=28_u32).prop_map(|(year, month, day)| Self::from_ymd(year, month, day).unwrap());
    Option<Country>: |only| only.map_or("any", Country::code).to_owned(),
        |field| or("any", field, Country::from_code), optional();
    Option<MessageId>: |one| one.map_or_else(|| "all".to_owned(), |one| one.to_string()),
        |field| or("all", field, |field| field.parse().ok().map(MessageId::new)), optional();
}

/// Reads a field that says nothing by one word.
fn or<T: Default + From<V>, V>(nothing: &str, field: &str, read: fn(&str) -> Option<V>) -> Option<T> {
    if field == nothing { Some(T::default()) } else { read(field).map(T::from) }
}

fn flag(field: &str) -> Option<bool> {
    match field {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn day(field: &str) -> Option<Day> {
    let mut parts = field.splitn(3, '-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Day::from_ymd(i32::try_from(year).ok()?, month, day)
}

impl Field for AgeRange {
    fn write(&self, fields: &mut Vec<String>) {
        fields.extend([self.low(), self.high()].map(|age| age.years().to_string()));
    }

    fn read(fields: &mut Split<'_, char>) -> Option<Self> {
        Self::new(Age::new(u8::read(fields)?)?, Age::new(u8::read(fields)?)?)
    }

    #[cfg(test)]
    fn any() -> BoxedStrategy<Self> {
        let range = |(one, two): (u8, u8)| Self::new(Age::new(one.min(two))?, Age::new(one.max(two))?);
        (18..=120_u8, 18..=120_u8).prop_filter_map("no range", range).boxed()
    }
}

impl Field for Option<QuietHours> {
    fn write(&self, fields: &mut Vec<String>) {
        match self {
            None => fields.push("none".to_owned()),
            Some(hours) => fields.extend([hours.from(), hours.until()].map(|hour| hour.to_string())),
        }
    }

    fn read(fields: &mut Split<'_, char>) -> Option<Self> {
        match fields.next()? {
            "none" => Some(None),
            from => QuietHours::new(from.parse().ok()?, u8::read(fields)?).map(Some),
        }
    }

    #[cfg(test)]
    fn any() -> BoxedStrategy<Self> {
        (0..24_u8, 0..24_u8).prop_map(|(from, until)| QuietHours::new(from, until)).boxed()
    }
}

#[cfg(test)]
pub(super) fn pick<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(values)
}

#[cfg(test)]
fn countries() -> impl Strategy<Value = Country> {
    proptest::sample::select(Country::all().collect::<Vec<_>>())
}

#[cfg(test)]
fn optional<T: Field + Clone>() -> impl Strategy<Value = Option<T>> {
    proptest::option::of(T::any())
}
