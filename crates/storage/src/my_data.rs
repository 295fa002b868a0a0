//! The file of everything that is stored about one person, for them to read: every table, what is encrypted in clear,
//! and a list of what is withheld and why.

mod parts;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::Subject;
use luvhive_core::id::TelegramId;
use luvhive_core::ports::{DataStore, StoreError};
use serde_json::{Map, Value, json};

pub use parts::{PARTS, Part};

use crate::error::of_run;
use crate::hex;
use crate::schema::people;
use crate::store::PgStore;
use crate::vault::{self, Vault};

/// Whose rows are read.
struct Whose {
    row: vault::Row,
    person: Option<i64>,
    hashes: Vec<Vec<u8>>,
}

#[derive(QueryableByName)]
struct PartRow {
    #[diesel(sql_type = Text)]
    rows: String,
}

#[async_trait::async_trait]
impl DataStore for PgStore {
    async fn find_data(&self, telegram: TelegramId, subject: &Subject) -> Result<Option<String>, StoreError> {
        let (row, vault) = ((self.bot.get(), telegram.get()), &self.vault);
        let hashes: Vec<Vec<u8>> = subject.hashes().map(|hash| hash.as_bytes().to_vec()).collect();
        let read = async move |conn: &mut AsyncPgConnection| {
            let hashes = hashes.clone();
            let all = async move |conn: &mut AsyncPgConnection| read_all(conn, row, hashes, vault).await;
            conn.build_transaction().read_only().repeatable_read().run(all).await
        };
        let data = self.pool.run(read).await.map_err(of_run)?;
        Ok((!data.is_empty()).then(|| json!({ "stored": data, "withheld": withheld() }).to_string()))
    }
}

/// Reads what there is; a part without rows is left out.
async fn read_all(
    conn: &mut AsyncPgConnection,
    row: vault::Row,
    hashes: Vec<Vec<u8>>,
    vault: &Vault,
) -> QueryResult<Map<String, Value>> {
    let (bot, telegram) = row;
    let of_account = people::table.filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)));
    let person: Option<i64> = of_account.select(people::id).first(conn).await.optional()?;
    let whose = Whose { row, person, hashes };
    let mut data = Map::new();
    for part in PARTS.iter().filter(|part| !part.whose.is_empty()) {
        let mut rows = read_part(conn, part, &whose).await?;
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            for &(sealed, column) in part.sealed {
                let (bot, telegram) = whose.row;
                let number = column.row_name();
                // The account is not among the columns of each part.
                let number = if number == "telegram_id" { Some(telegram) } else { row.get(number).and_then(Value::as_i64) };
                open(row, sealed, (column, (bot, number.unwrap_or_default())), vault);
            }
        }
        if !rows.is_empty() {
            data.insert(part.name.to_owned(), rows.into());
        }
    }
    Ok(data)
}

async fn read_part(conn: &mut AsyncPgConnection, part: &Part, whose: &Whose) -> QueryResult<Vec<Value>> {
    let columns: Vec<&str> = part.given().collect();
    let (columns, table, filter) = (columns.join(", "), part.table, part.whose);
    let statement = format!(
        "SELECT coalesce(json_agg(part), '[]')::text AS rows \
         FROM (SELECT {columns} FROM {table} WHERE bot_id = $1 AND {filter} ORDER BY 1) AS part"
    );
    let found: PartRow = diesel::sql_query(statement)
        .bind::<BigInt, _>(whose.row.0)
        .bind::<BigInt, _>(whose.row.1)
        .bind::<Nullable<BigInt>, _>(whose.person)
        .bind::<Array<Bytea>, _>(&whose.hashes)
        .get_result(conn)
        .await?;
    serde_json::from_str(&found.rows).map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}

/// Puts an encrypted text in clear into the place of the column that held it before.
fn open(row: &mut Map<String, Value>, name: &str, (column, key): (&vault::Column, vault::Row), vault: &Vault) {
    let value = row.remove(name);
    // PostgreSQL writes bytes into JSON as `\x` and hexadecimal digits.
    let digits = value.as_ref().and_then(Value::as_str).and_then(|text| text.strip_prefix("\\x"));
    let Some(sealed) = digits.and_then(hex::read) else { return };
    let text = vault.open(column, key, &sealed).unwrap_or_else(|| "its key is missing".to_owned());
    row.insert(name.trim_end_matches("_sealed").to_owned(), text.into());
}

/// What no file holds, by part and column.
fn withheld() -> Value {
    let columns = |part: &Part| part.withheld().map(|(column, reason)| (column.to_owned(), reason.into())).collect();
    let parts = PARTS.iter().map(|part| (part.name.to_owned(), Value::Object(columns(part))));
    Value::Object(parts.collect())
}
