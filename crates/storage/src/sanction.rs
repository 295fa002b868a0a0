//! Sanctions: their rows, and what stood before the last one.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::{SanctionKind, Subject};
use luvhive_core::decision::Appealable;
use luvhive_core::id::{PersonId, SanctionId};
use luvhive_core::tier::Upheld;
use luvhive_core::time::Timestamp;

use crate::codes::storable;
use crate::moment::Moment;
use crate::schema::{people, sanctions};

/// A sanction to store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSanctionRow<'a> {
    /// The person, if they are there.
    pub(crate) person: Option<i64>,
    /// The account, if nobody is there with it.
    pub(crate) account: Option<&'a [u8]>,
    /// Its kind, as a code.
    pub(crate) kind: &'a str,
    /// Which rule was broken, as a code.
    pub(crate) rule: Option<&'a str>,
    /// Which text of the profile goes, as a code.
    pub(crate) text: Option<&'a str>,
    /// Until when; `None` = it does not suspend.
    pub(crate) until: Option<Moment>,
    /// The reason that the person reads.
    pub(crate) reason: &'a str,
    /// The operator's account name on the machine.
    pub(crate) decided_by: &'a str,
    /// When.
    pub(crate) decided_at: Moment,
}

/// Stores a sanction and returns its number.
pub(crate) async fn insert(conn: &mut AsyncPgConnection, bot: i64, new: &NewSanctionRow<'_>) -> QueryResult<i64> {
    diesel::insert_into(sanctions::table)
        .values((
            sanctions::bot_id.eq(bot),
            sanctions::person_id.eq(new.person),
            sanctions::subject_hash.eq(new.account),
            sanctions::kind.eq(new.kind),
            sanctions::rule.eq(new.rule),
            sanctions::profile_text.eq(new.text),
            sanctions::until.eq(new.until),
            sanctions::reason.eq(storable(new.reason)),
            sanctions::decided_by.eq(storable(new.decided_by)),
            sanctions::decided_at.eq(new.decided_at),
        ))
        .returning(sanctions::id)
        .get_result(conn)
        .await
}

#[derive(QueryableByName)]
struct UpheldRow {
    #[diesel(sql_type = BigInt)]
    person_id: i64,
    #[diesel(sql_type = Timestamptz)]
    decided_at: Moment,
    #[diesel(sql_type = Timestamptz)]
    until: Moment,
}

/// Lists the reports that led to a sanction, by whom they were about and when. At start only.
pub(crate) async fn list_upheld(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Vec<(PersonId, Upheld)>> {
    let rows: Vec<UpheldRow> =
        diesel::sql_query(include_str!("../sql/list_upheld.sql")).bind::<BigInt, _>(bot).load(conn).await?;
    let upheld = |row: &UpheldRow| Upheld { at: row.decided_at.into(), until: row.until.into() };
    Ok(rows.iter().map(|row| (PersonId::new(row.person_id), upheld(row))).collect())
}

/// Why a person is suspended who said in a chat that they are a minor.
pub(crate) const OWN_WORD: &str = "said that they are under 18";
/// By whom.
pub(crate) const OWN_WORD_BY: &str = "themselves";

/// Suspends forever a registered person whose account is refused as a minor's, and returns until when that is; `at` is the
/// time of the refusal.
pub(crate) async fn refuse(
    conn: &mut AsyncPgConnection,
    (bot, person): (i64, i64),
    (reason, decided_by): (&str, &str),
    at: Moment,
) -> QueryResult<Option<Moment>> {
    let (kind, until) = (SanctionKind::Ban.code(), Some(Moment(Timestamp::MAX)));
    let new = NewSanctionRow {
        person: Some(person),
        account: None,
        kind,
        rule: None,
        text: None,
        until,
        reason,
        decided_by,
        decided_at: at,
    };
    insert(conn, bot, &new).await?;
    diesel::update(people::table.find((bot, person))).set(people::suspended_until.eq(until)).execute(conn).await?;
    Ok(until)
}

/// Lists kind, end and time of a person's latest sanctions, `most` of them, the last first.
pub(crate) async fn list_latest(
    conn: &mut AsyncPgConnection,
    bot: i64,
    person: i64,
    most: i64,
) -> QueryResult<Vec<(String, Option<Moment>, Moment)>> {
    sanctions::table
        .filter(sanctions::bot_id.eq(bot).and(sanctions::person_id.eq(person)))
        .order(sanctions::id.desc())
        .limit(most)
        .select((sanctions::kind, sanctions::until, sanctions::decided_at))
        .load(conn)
        .await
}

/// What stood before the sanction that came with a refusal: its kind and end. `None` if the latest sanction is another one,
/// which then goes on.
pub(crate) async fn before_refusal(
    conn: &mut AsyncPgConnection,
    bot: i64,
    person: i64,
    refused_at: Option<Moment>,
) -> QueryResult<Option<(String, Option<Moment>)>> {
    let Some(refused_at) = refused_at else { return Ok(None) };
    let latest = list_latest(conn, bot, person, 2).await?;
    Ok(match latest.as_slice() {
        [(.., decided_at), rest @ ..] if *decided_at == refused_at => Some(match rest.first() {
            Some((kind, until, _)) => (kind.clone(), *until),
            None => (SanctionKind::Lift.code().to_owned(), None),
        }),
        _ => None,
    })
}

#[derive(QueryableByName)]
struct AppealableRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Bool)]
    is_appealed: bool,
}

/// Finds a decision about an account that it can appeal against.
pub(crate) async fn find_appealable(
    conn: &mut AsyncPgConnection,
    (bot, telegram, subject): (i64, i64, &Subject),
    sanction: Option<i64>,
    now: Moment,
) -> QueryResult<Option<Appealable>> {
    let hashes: Vec<Vec<u8>> = subject.hashes().map(|hash| hash.as_bytes().to_vec()).collect();
    let row: Option<AppealableRow> = diesel::sql_query(include_str!("../sql/find_appealable.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(telegram)
        .bind::<Array<Bytea>, _>(hashes)
        .bind::<Nullable<BigInt>, _>(sanction)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| Appealable { sanction: SanctionId::new(row.id), is_appealed: row.is_appealed }))
}
