//! Constraints and settings of tables: each is listed in a snapshot, so that a change is seen, and each constraint is
//! violated once, so that it is known to hold.
//!
//! After a migration that means to change them: `INSTA_UPDATE=always cargo test -p luvhive-tests --test it constraints`.

use std::collections::BTreeSet;

use luvhive_core::id::TelegramId;
use luvhive_core::testing::{BOT, timestamp};
use luvhive_storage::seed;
use luvhive_tests::TestDatabase;
use tokio_postgres::Client;

const OURS: &str = "connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '__diesel_schema_migrations'";

/// A row for each CHECK that it alone refuses: what differs from a good row. `LONG` stands for 5,000 letters.
const REFUSED: [(&str, &str); 127] = [
    ("appeals_closed_at_check", r#"{"is_overturned": null}"#),
    ("appeals_closed_by_check", r#"{"closed_by": ""}"#),
    ("appeals_telegram_id_check", r#"{"telegram_id": 1}"#),
    ("audit_heads_link_check", r#"{"link": 0}"#),
    ("audit_heads_mac_check", r#"{"mac": "\\x00"}"#),
    ("audit_log_action_check", r#"{"action": ""}"#),
    ("audit_log_actor_check", r#"{"actor": ""}"#),
    (
        "audit_log_chain_key_check",
        r#"{"link": 1, "mac": "\\x0000000000000000000000000000000000000000000000000000000000000000", "chain_key": "\\x00"}"#,
    ),
    ("audit_log_detail_check", r#"{"detail": "LONG"}"#),
    ("audit_log_link_check", r#"{"link": 0, "mac": "\\x0000000000000000000000000000000000000000000000000000000000000000"}"#),
    ("audit_log_link_mac_check", r#"{"link": 1, "mac": null}"#),
    ("audit_log_mac_check", r#"{"link": 1, "mac": "\\x00"}"#),
    ("blocks_blocker_id_blocked_id_check", r#"{"blocker_id": 1, "blocked_id": 1}"#),
    ("case_claims_claimed_by_check", r#"{"claimed_by": ""}"#),
    (
        "chat_leavers_message_ids_check",
        r#"{"message_ids": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26]}"#,
    ),
    ("chat_leavers_side_check", r#"{"side": 2}"#),
    ("chat_leavers_subject_hash_check", r#"{"subject_hash": "\\x00"}"#),
    ("chats_end_reason_check", r#"{"ended_at": "2020-01-01", "end_reason": "bored"}"#),
    ("chats_ended_at_end_reason_check", r#"{"ended_at": "2020-01-01", "end_reason": null}"#),
    ("chats_ended_by_side_check", r#"{"ended_by_side": 2}"#),
    ("chats_first_person_id_second_person_id_check", r#"{"first_person_id": 1, "second_person_id": 1}"#),
    ("chats_is_cleared_ended_at_check", r#"{"is_cleared": true, "ended_at": null, "end_reason": null}"#),
    ("chats_is_meeting_end_reason_check", r#"{"is_meeting": false, "ended_at": "2020-01-01", "end_reason": "declined"}"#),
    ("coin_accounts_balance_check", r#"{"house": null, "balance": -1}"#),
    ("coin_accounts_house_balance_check", r#"{"house": null, "balance": null}"#),
    ("coin_accounts_house_check", r#"{"person_id": null, "house": "casino", "balance": null}"#),
    ("coin_accounts_person_id_house_check", r#"{"person_id": 1, "house": "daily", "balance": null}"#),
    ("coin_entries_coins_check", r#"{"coins": -1}"#),
    ("coin_entries_debit_account_id_credit_account_id_check", r#"{"debit_account_id": 1, "credit_account_id": 1}"#),
    ("coin_entries_key_check", r#"{"key": ""}"#),
    ("consents_version_check", r#"{"version": 0}"#),
    ("dialogs_state_check", r#"{"state": "LONG"}"#),
    ("entitlement_grants_days_check", r#"{"days": -1}"#),
    ("entitlement_grants_granted_by_check", r#"{"source": "operator", "granted_by": "", "reason": "x"}"#),
    ("entitlement_grants_key_check", r#"{"key": ""}"#),
    ("entitlement_grants_reason_check", r#"{"source": "operator", "granted_by": "x", "reason": ""}"#),
    ("entitlement_grants_source_check", r#"{"source": "luck"}"#),
    ("entitlement_grants_source_granted_by_reason_check", r#"{"source": "operator"}"#),
    ("former_accounts_subject_hash_check", r#"{"subject_hash": "\\x00"}"#),
    ("evidence_posts_outcome_check", r#"{"outcome": "lost", "message_id": null}"#),
    ("evidence_posts_outcome_message_id_check", r#"{"message_id": null}"#),
    ("evidence_posts_place_check", r#"{"place": 26}"#),
    ("former_blocks_blocked_check", r#"{"blocked": "\\x00"}"#),
    ("former_blocks_blocker_blocked_check", r#"{"blocker": "\\x0000000000000000", "blocked": "\\x0000000000000001"}"#),
    ("former_blocks_blocker_check", r#"{"blocker": "\\x00"}"#),
    ("former_people_subject_hash_check", r#"{"subject_hash": "\\x00"}"#),
    ("friend_requests_asker_id_asked_id_check", r#"{"asker_id": 1, "asked_id": 1}"#),
    ("friendships_number_check", r#"{"number": 0}"#),
    ("friendships_person_id_friend_id_check", r#"{"person_id": 1, "friend_id": 1}"#),
    ("holds_message_ids_check", r#"{"message_ids": []}"#),
    ("holds_questions_check", r#"{"questions": []}"#),
    ("inbox_kind_charge_id_check", r#"{"charge_id": "x"}"#),
    ("inbox_kind_check", r#"{"kind": "prayer", "person_id": null}"#),
    ("inbox_kind_person_id_check", r#"{"person_id": null}"#),
    ("inbox_kind_update_id_payload_check", r#"{"kind": "update", "person_id": null}"#),
    ("invitations_invited_number_check", r#"{"invited_number": 0}"#),
    ("invitations_inviter_id_invited_id_check", r#"{"inviter_id": 1, "invited_id": 1}"#),
    ("invitations_inviter_number_check", r#"{"inviter_number": 0}"#),
    ("invitations_made_at_expires_at_check", r#"{"made_at": "2020-01-02", "expires_at": "2020-01-02"}"#),
    ("invitations_state_check", r#"{"state": "maybe"}"#),
    ("invite_codes_code_check", r#"{"code": "short"}"#),
    ("invites_invited_id_inviter_id_check", r#"{"invited_id": 1, "inviter_id": 1}"#),
    ("outbox_relay_check", r#"{"version": null}"#),
    ("payments_days_check", r#"{"days": -1}"#),
    ("payments_plan_check", r#"{"plan": "century"}"#),
    ("payments_refund_days_check", r#"{"refund_days": -1}"#),
    ("payments_stars_check", r#"{"stars": -1}"#),
    ("payments_subscription_changes_check", r#"{"subscription_changes": -1}"#),
    ("payments_telegram_payment_charge_id_check", r#"{"telegram_payment_charge_id": ""}"#),
    ("people_bio_check", r#"{"bio": ""}"#),
    ("people_born_on_registered_at_check", r#"{"born_on": "2020-01-01"}"#),
    ("people_card_parts_check", r#"{"card_parts": ["shoe"]}"#),
    ("people_chats_count_check", r#"{"chats_count": -1}"#),
    ("people_city_check", r#"{"city": ""}"#),
    ("people_country_check", r#"{"country": "xx"}"#),
    ("people_gender_check", r#"{"gender": "x"}"#),
    ("people_interests_check", r#"{"interests": []}"#),
    ("people_languages_check", r#"{"languages": []}"#),
    ("people_photo_file_id_check", r#"{"photo_file_id": ""}"#),
    ("people_pseudonym_check", r#"{"pseudonym": "x"}"#),
    ("people_ratings_down_check", r#"{"ratings_down": -1}"#),
    ("people_ratings_up_check", r#"{"ratings_up": -1}"#),
    ("people_ui_language_check", r#"{"ui_language": "EN"}"#),
    ("preferences_country_check", r#"{"country": "xx"}"#),
    ("preferences_genders_check", r#"{"genders": []}"#),
    ("preferences_lowest_age_highest_age_check", r#"{"lowest_age": 17}"#),
    ("preferences_quiet_from_quiet_until_check", r#"{"quiet_from": 5, "quiet_until": 5}"#),
    ("preferences_time_zone_check", r#"{"time_zone": ""}"#),
    ("preferences_withheld_check", r#"{"withheld": ["text"]}"#),
    ("rating_resets_ratings_down_check", r#"{"ratings_down": -1}"#),
    ("rating_resets_ratings_up_check", r#"{"ratings_up": -1}"#),
    ("ratings_rater_id_rated_id_check", r#"{"rater_id": 1, "rated_id": 1}"#),
    ("reconciliations_known_count_check", r#"{"known_count": -1}"#),
    ("refunds_cause_check", r#"{"cause": "whim"}"#),
    ("refunds_reason_check", r#"{"reason": "LONG"}"#),
    ("refunds_requested_at_refunded_at_check", r#"{"requested_at": null, "refunded_at": null}"#),
    ("refunds_telegram_payment_charge_id_check", r#"{"telegram_payment_charge_id": ""}"#),
    ("report_messages_place_check", r#"{"place": 0}"#),
    ("reports_message_ids_check", r#"{"message_ids": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26]}"#),
    ("reports_reason_check", r#"{"reason": "ugly"}"#),
    ("reports_reported_id_reported_pseudonym_check", r#"{"reported_id": null, "reported_pseudonym": null}"#),
    ("reports_reporter_id_reported_id_check", r#"{"reporter_id": 1, "reported_id": 1}"#),
    ("reports_sanction_id_closed_at_check", r#"{"sanction_id": 1, "closed_at": null}"#),
    ("sanctions_decided_by_check", r#"{"decided_by": ""}"#),
    ("sanctions_kind_check", r#"{"kind": "hug"}"#),
    ("sanctions_kind_until_check", r#"{"kind": "ban", "until": null}"#),
    ("sanctions_profile_text_check", r#"{"profile_text": "bio"}"#),
    ("sanctions_reason_check", r#"{"reason": ""}"#),
    ("sanctions_rule_check", r#"{"rule": "harassment"}"#),
    ("sanctions_subject_hash_check", r#"{"subject_hash": "\\x00"}"#),
    ("seats_kind_answer_by_check", r#"{"kind": "meeting", "answer_by": null, "heard_at": null}"#),
    ("seats_kind_chat_id_check", r#"{"kind": "waiting", "heard_at": null}"#),
    ("seats_kind_chat_id_side_check", r#"{"kind": "chatting", "chat_id": null}"#),
    ("seats_kind_check", r#"{"kind": "standing", "chat_id": null, "side": null, "heard_at": null}"#),
    ("seats_kind_has_agreed_check", r#"{"kind": "chatting", "has_agreed": true}"#),
    ("seats_kind_heard_at_check", r#"{"kind": "meeting", "answer_by": "2020-01-01", "heard_at": "2020-01-01"}"#),
    ("seats_kind_was_searching_check", r#"{"kind": "chatting", "was_searching": false}"#),
    ("seats_side_check", r#"{"side": 2}"#),
    ("seats_widened_check", r#"{"widened": ["shoe"]}"#),
    ("shard_leases_owner_check", r#"{"owner": ""}"#),
    ("shard_leases_watermark_watermark_at_check", r#"{"watermark": 1, "watermark_at": null}"#),
    ("staff_members_name_check", r#"{"name": ""}"#),
    ("staff_members_pseudonym_check", r#"{"pseudonym": "x"}"#),
    ("staff_members_role_check", r#"{"role": "owner"}"#),
    ("visitors_refused_born_on_refused_at_check", r#"{"refused_at": null, "refused_born_on": "2012-04-23"}"#),
    ("visitors_support_code_check", r#"{"support_code": "x"}"#),
    ("visitors_ui_language_check", r#"{"ui_language": "EN"}"#),
];

/// A row for each UNIQUE: what differs from a good row, so that it alone refuses the two together.
const DOUBLED: [(&str, &str); 9] = [
    ("audit_log_bot_id_link_key", r#"{"id": 999999999999}"#),
    ("coin_accounts_bot_id_house_key", r#"{"id": 999999999999, "person_id": null, "house": "daily", "balance": null}"#),
    ("coin_accounts_bot_id_person_id_key", r#"{"id": 999999999999}"#),
    ("friendships_bot_id_person_id_number_key", r#"{"friend_id": 999999999999}"#),
    ("invite_codes_bot_id_code_key", r#"{"person_id": 999999999999}"#),
    ("people_bot_id_pseudonym_key", r#"{"id": 999999999999, "telegram_id": 1}"#),
    ("people_bot_id_telegram_id_key", r#"{"id": 999999999999, "pseudonym": "aaaaaaaaaa"}"#),
    ("reports_bot_id_chat_id_reporter_id_key", r#"{"id": 999999999999}"#),
    ("seats_bot_id_chat_id_side_key", r#"{"person_id": 999999999999}"#),
];

async fn lines(client: &Client, query: &str) -> Vec<String> {
    client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn constraints_and_settings_of_tables_are_those_of_the_snapshot() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    // NOT NULL is a constraint from PostgreSQL 18 on, and stands in `schema.rs`.
    let query = format!(
        "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE {OURS} AND contype IN ('p', 'u', 'f', 'c', 'x') ORDER BY conrelid::regclass::text COLLATE \"C\", conname COLLATE \"C\""
    );
    insta::assert_snapshot!("constraints", lines(&client, &query).await.join("\n"));
    let settings = "SELECT relname || ' ' || array_to_string(ARRAY(SELECT option FROM unnest(reloptions) option ORDER BY option), ' ') \
                    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL ORDER BY relname COLLATE \"C\"";
    insta::assert_snapshot!("settings", lines(&client, settings).await.join("\n"));
}

/// A database with a row in each table at least.
async fn inhabited() -> TestDatabase {
    let database = TestDatabase::new().await;
    let (address, first) = (database.database(), TelegramId::new(1_000_000));
    seed::seed_people(&address, BOT, seed::MadeUp::new(30, first, timestamp(0))).await.unwrap();
    seed::seed_chats(&address, BOT, seed::MadeUp::new(2, first, timestamp(0))).await.unwrap();
    let client = database.client().await;
    client.batch_execute(include_str!("crowd.sql")).await.unwrap();
    let rest = "INSERT INTO shard_leases (bot_id, shard, owner) SELECT min(bot_id), 0, 'x' FROM people; \
                INSERT INTO coin_accounts (bot_id, house) SELECT min(bot_id), 'daily' FROM people; \
                INSERT INTO reconciliations SELECT min(bot_id), 0, now() FROM people";
    client.batch_execute(rest).await.unwrap();
    database
}

/// Names the constraint that refuses a statement.
async fn refusal(client: &Client, statement: &str) -> String {
    match client.batch_execute(statement).await {
        Ok(()) => panic!("nothing refuses {statement}"),
        Err(error) => {
            error.as_db_error().and_then(|error| error.constraint()).unwrap_or_else(|| panic!("{statement}: {error:?}")).into()
        }
    }
}

/// The constraints of some kinds: name, table, last column, and whether that is a text.
async fn constraints(client: &Client, kinds: &str) -> Vec<(String, String, String, bool)> {
    let query = format!(
        "SELECT c.conname::text, c.conrelid::regclass::text, a.attname::text, a.atttypid = 'text'::regtype FROM pg_constraint c \
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[cardinality(c.conkey)] \
         WHERE {OURS} AND c.contype IN ({kinds}) ORDER BY 1"
    );
    client.query(&query, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

/// Adds a row like one of the table's that differs in this.
fn another(table: &str, difference: &str) -> String {
    let difference = difference.replace("LONG", &"x".repeat(5_000));
    format!("INSERT INTO {table} SELECT (jsonb_populate_record(good, '{difference}')).* FROM {table} AS good LIMIT 1")
}

#[tokio::test]
async fn every_check_and_unique_key_refuses_a_row() {
    let database = inhabited().await;
    let client = database.client().await;
    for (kinds, rows) in [("'c'", &REFUSED[..]), ("'u'", &DOUBLED[..])] {
        let constraints = constraints(&client, kinds).await;
        let listed: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).collect();
        assert_eq!(constraints.iter().map(|(name, ..)| name.as_str()).collect::<BTreeSet<_>>(), listed);
        for (name, table, ..) in &constraints {
            let (_, difference) = rows.iter().find(|(listed, _)| listed == name).unwrap();
            assert_eq!(&refusal(&client, &another(table, difference)).await, name);
        }
    }
}

#[tokio::test]
async fn every_primary_and_foreign_key_refuses_a_row() {
    let database = inhabited().await;
    let client = database.client().await;
    let primary = constraints(&client, "'p'").await;
    let foreign = constraints(&client, "'f'").await;
    assert!(primary.len() >= 30 && foreign.len() >= 32, "{} and {}", primary.len(), foreign.len());
    for (name, table, ..) in primary {
        assert_eq!(refusal(&client, &another(&table, "{}")).await, name);
    }
    for (name, table, column, is_text) in foreign {
        let nobody = if is_text { "'nobody'" } else { "999999999999" };
        let statement = format!("UPDATE {table} SET {column} = {nobody} WHERE ctid = (SELECT min(ctid) FROM {table})");
        assert_eq!(refusal(&client, &statement).await, name);
    }
}
