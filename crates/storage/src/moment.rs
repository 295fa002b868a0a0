//! Points in time as PostgreSQL keeps them: microseconds since 2000, with `infinity` for "forever".

use std::error::Error;
use std::io::Write as _;

use bytes::{BufMut as _, BytesMut};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Timestamptz;
use luvhive_core::time::Timestamp;
use tokio_postgres::types as wire;

/// 2000-01-01T00:00:00Z in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;
/// The first microsecond that PostgreSQL has no finite value for, and the first that it has one for, since 2000.
const POSTGRES_END: i64 = 9_223_371_331_200_000_000;
const POSTGRES_START: i64 = -211_813_488_000_000_000;

/// A [`Timestamp`] as a `TIMESTAMPTZ`; [`Timestamp::MAX`] is `infinity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamptz)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Moment {
    fn to_wire(self) -> i64 {
        match self.0 {
            Timestamp::MAX => i64::MAX,
            finite => match finite.as_micros().saturating_sub(POSTGRES_EPOCH) {
                late if late >= POSTGRES_END => i64::MAX,
                early if early < POSTGRES_START => i64::MIN,
                within => within,
            },
        }
    }

    fn from_wire(raw: i64) -> Self {
        // Saturates at both ends, so `infinity` is MAX and `-infinity` lies before every other time.
        Self(Timestamp::from_micros(raw.saturating_add(POSTGRES_EPOCH)))
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

fn read(raw: &[u8]) -> Result<Moment, Box<dyn Error + Send + Sync>> {
    Ok(Moment::from_wire(i64::from_be_bytes(raw.try_into()?)))
}

impl ToSql<Timestamptz, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.to_wire().to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Timestamptz, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        read(value.as_bytes())
    }
}

impl wire::ToSql for Moment {
    fn to_sql(&self, _: &wire::Type, out: &mut BytesMut) -> Result<wire::IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i64(self.to_wire());
        Ok(wire::IsNull::No)
    }

    wire::accepts!(TIMESTAMPTZ);
    wire::to_sql_checked!();
}

impl<'a> wire::FromSql<'a> for Moment {
    fn from_sql(_: &wire::Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        read(raw)
    }

    wire::accepts!(TIMESTAMPTZ);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_ever_is_infinity_and_comes_back() {
        for timestamp in [Timestamp::MAX, Timestamp::EPOCH, Timestamp::from_micros(1_700_000_000_123_456)] {
            assert_eq!(Moment::from_wire(Moment(timestamp).to_wire()).0, timestamp);
        }
        assert_eq!(Moment(Timestamp::MAX).to_wire(), i64::MAX);
        assert!(Moment::from_wire(i64::MIN).0 < Timestamp::EPOCH);
    }
}
