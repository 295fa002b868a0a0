//! What the file of a person's data holds of each table: one row a table, or one for each side of it that can be theirs.
//! Every column is given or withheld with its reason; a test compares this with the database.

use crate::vault::{APPEAL, BIO, CITY, Column, DIALOG, FORMER_WORDS, REPORT_WORDS};

/// A part of the file: rows of one table.
#[derive(Debug)]
pub struct Part {
    /// The table.
    pub table: &'static str,
    /// What the part is called in the file.
    pub name: &'static str,
    /// Which rows are the person's, as SQL: `$1` is the bot, `$2` the account, `$3` the person, `$4` the account's hashes.
    /// Empty for a table of which nothing is given.
    pub(super) whose: &'static str,
    given: &'static str,
    withheld: &'static [(&'static str, &'static str)],
    /// Columns with an encrypted text, given as the text.
    pub(super) sealed: &'static [(&'static str, &'static Column)],
}

impl Part {
    /// Lists the columns that the file holds, encrypted ones decrypted.
    pub fn given(&self) -> impl Iterator<Item = &'static str> {
        self.given.split_whitespace()
    }

    /// Lists the columns that it does not hold, each with the reason.
    pub fn withheld(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.withheld.iter().flat_map(|&(columns, reason)| columns.split_whitespace().map(move |column| (column, reason)))
    }
}

const BOT: &str = "says which bot it is, nothing about you";
const NUMBER: &str = "a number by which only our database knows you";
const OTHERS: &str = "says who somebody else is";
const STAFF: &str = "says who of the staff it was";
const HASH: &str = "a scrambled form of your account's id, which this file names in clear";
const THEIRS: &str = "belongs to what somebody else did";
const PASSING: &str = "is worked on and deleted within seconds; it reaches you, or the one it is for, in the chat";
const NOBODY: &str = "holds nothing about people";

/// Makes [`PARTS`]. A row `ratings "ratings_given" of "rater_id = $3": "chat_id"; "rated_id" = OTHERS;` becomes a [`Part`];
/// `"bio_sealed" opens BIO` at its end names a column with an encrypted text.
macro_rules! parts {
    ($($table:ident $name:literal of $whose:literal: $given:literal;
        $($withheld:literal = $reason:expr),* $(; $($sealed:literal opens $column:ident),+)? $(;)?)+) => {
        /// Everything, in the order of the file.
        pub const PARTS: &[Part] = &[$(Part {
            table: stringify!($table),
            name: $name,
            whose: $whose,
            given: $given,
            withheld: &[$(($withheld, $reason)),*],
            sealed: &[$($(($sealed, &$column)),+)?],
        }),+];
    };
}

parts! {
    people "profile" of "telegram_id = $2":
        "telegram_id pseudonym ui_language gender born_on country city city_sealed bio bio_sealed photo_file_id languages \
         interests card_parts is_verified is_reachable ratings_up ratings_down chats_count suspended_until registered_at \
         premium_used_at leaves_at";
        "bot_id" = BOT, "id" = NUMBER; "city_sealed" opens CITY, "bio_sealed" opens BIO;
    preferences "preferences" of "person_id = $3":
        "genders lowest_age highest_age country requires_common_language requires_verified requires_same_city \
         requires_common_interest accepts_media protects_content withheld is_reminded time_zone quiet_from quiet_until";
        "bot_id" = BOT, "person_id" = NUMBER;
    visitors "account" of "telegram_id = $2":
        "telegram_id ui_language refused_at refused_born_on support_code data_sent_at"; "bot_id" = BOT;
    consents "consents" of "telegram_id = $2": "version documents_at orientation_at"; "bot_id telegram_id" = BOT;
    dialogs "unfinished_conversation" of "telegram_id = $2": "version state state_sealed changed_at";
        "bot_id telegram_id" = BOT; "state_sealed" opens DIALOG;
    seats "seat" of "person_id = $3":
        "kind chat_id since widened answer_by has_agreed heard_at has_written was_searching passes is_media_asked";
        "bot_id" = BOT, "person_id side" = NUMBER;
    chats "chats_on_the_first_side" of "first_person_id = $3": "id started_at ended_at is_meeting has_first_written";
        "bot_id is_cleared" = BOT, "first_person_id" = NUMBER, "second_person_id" = OTHERS,
        "end_reason ended_by_side has_second_written" = THEIRS;
    chats "chats_on_the_second_side" of "second_person_id = $3": "id started_at ended_at is_meeting has_second_written";
        "bot_id is_cleared" = BOT, "second_person_id" = NUMBER, "first_person_id" = OTHERS,
        "end_reason ended_by_side has_first_written" = THEIRS;
    message_map "numbers_of_messages_sent" of "from_telegram_id = $2": "chat_id source_id content written_at";
        "bot_id id" = BOT, "from_telegram_id" = NUMBER, "to_telegram_id copy_id" = OTHERS;
    message_map "numbers_of_messages_received" of "to_telegram_id = $2": "chat_id copy_id content written_at";
        "bot_id id" = BOT, "to_telegram_id" = NUMBER, "from_telegram_id source_id" = OTHERS;
    // What a report needs for longer is not among them: nobody learns that way that they were reported.
    former_words "words_before_a_change" of "changed_at > now() - interval '48 hours' AND pair_id IN \
                                             (SELECT id FROM message_map WHERE bot_id = $1 AND from_telegram_id = $2)":
        "id changed_at words_sealed"; "bot_id pair_id" = BOT; "words_sealed" opens FORMER_WORDS;
    holds "messages_that_wait" of "writer_id = $3": "chat_id message_ids album content reply_to_id questions expires_at has_copy";
        "bot_id id" = BOT, "writer_id" = NUMBER;
    ratings "ratings_given" of "rater_id = $3": "chat_id is_good rated_at";
        "bot_id" = BOT, "rater_id" = NUMBER, "rated_id" = OTHERS;
    blocks "blocks" of "blocker_id = $3": "blocked_at"; "bot_id" = BOT, "blocker_id" = NUMBER, "blocked_id" = OTHERS;
    reports "reports_made" of "reporter_id = $3":
        "id chat_id reporter_pseudonym reason message_id message_ids words_sealed reported_at closed_at";
        "bot_id" = BOT, "reporter_id" = NUMBER, "reported_id reported_pseudonym sanction_id" = OTHERS;
        "words_sealed" opens REPORT_WORDS;
    sanctions "decisions" of "(person_id = $3 OR subject_hash = ANY($4))": "id kind until rule profile_text reason decided_at overturned_at";
        "bot_id" = BOT, "person_id" = NUMBER, "subject_hash" = HASH, "decided_by" = STAFF;
    appeals "appeals" of "telegram_id = $2": "sanction_id ui_language words_sealed written_at";
        "bot_id telegram_id" = BOT, "closed_at closed_by is_overturned" = STAFF; "words_sealed" opens APPEAL;
    friendships "friends" of "person_id = $3": "chat_id number since";
        "bot_id" = BOT, "person_id" = NUMBER, "friend_id" = OTHERS;
    friend_requests "friend_requests_sent" of "asker_id = $3": "chat_id asked_at";
        "bot_id" = BOT, "asker_id" = NUMBER, "asked_id" = OTHERS;
    invitations "invitations_sent" of "inviter_id = $3": "chat_id inviter_number made_at expires_at";
        "bot_id" = BOT, "inviter_id" = NUMBER, "invited_id invited_number" = OTHERS, "state" = THEIRS;
    payments "payments" of "payer_id = $3":
        "telegram_payment_charge_id plan stars days paid_at is_recurring is_first_recurring subscription_until canceled_at \
         subscription_changes refund_days";
        "bot_id" = BOT, "payer_id" = NUMBER, "receiver_id" = OTHERS;
    payments "gifts_received" of "receiver_id = $3 AND payer_id IS DISTINCT FROM $3": "plan days paid_at";
        "bot_id" = BOT, "receiver_id" = NUMBER,
        "telegram_payment_charge_id payer_id stars is_recurring is_first_recurring subscription_until canceled_at \
         subscription_changes refund_days" = THEIRS;
    refunds "refunds" of "telegram_payment_charge_id IN (SELECT telegram_payment_charge_id FROM payments \
                          WHERE bot_id = $1 AND payer_id = $3)":
        "telegram_payment_charge_id cause reason requested_at refunded_at"; "bot_id" = BOT;
    entitlement_grants "days_of_premium" of "person_id = $3": "source days granted_at reason";
        "bot_id key" = BOT, "person_id" = NUMBER, "granted_by" = STAFF;
    rating_resets "rating_resets" of "person_id = $3": "telegram_payment_charge_id ratings_up ratings_down";
        "bot_id" = BOT, "person_id" = NUMBER;
    coin_accounts "coins" of "person_id = $3": "balance"; "bot_id house" = BOT, "id person_id" = NUMBER;
    coin_entries "coins_spent" of "debit_account_id = (SELECT id FROM coin_accounts WHERE bot_id = $1 AND person_id = $3)":
        "coins moved_at"; "bot_id" = BOT, "debit_account_id" = NUMBER, "key credit_account_id" = OTHERS;
    coin_entries "coins_received" of "credit_account_id = (SELECT id FROM coin_accounts WHERE bot_id = $1 AND person_id = $3)":
        "coins moved_at"; "bot_id" = BOT, "credit_account_id" = NUMBER, "key debit_account_id" = OTHERS;
    invite_codes "code_of_invitations" of "person_id = $3": "code"; "bot_id" = BOT, "person_id" = NUMBER;
    invites "came_by_an_invitation" of "invited_id = $3": "invited_at";
        "bot_id" = BOT, "invited_id" = NUMBER, "inviter_id" = OTHERS;
    invites "people_invited" of "inviter_id = $3": "invited_at";
        "bot_id" = BOT, "inviter_id" = NUMBER, "invited_id" = OTHERS;
    former_accounts "account_left_before" of "subject_hash = ANY($4)": "suspended_until daily_at spun_at left_at kept_until";
        "bot_id" = BOT, "subject_hash" = HASH, "person_id" = NUMBER;
    former_people "made_up_names_before" of "subject_hash = ANY($4)": "pseudonym suspended_until";
        "bot_id is_adopted" = BOT, "subject_hash" = HASH;
    former_blocks "blocks_before" of "blocker = ANY(array_append($4, int8send($3)))": "blocked_at left_at";
        "bot_id" = BOT, "blocker" = HASH, "blocked" = OTHERS;
    chat_leavers "last_chats_before" of "subject_hash = ANY($4)": "chat_id pseudonym";
        "bot_id side" = BOT, "subject_hash" = HASH, "message_ids pair_ids are_by_leaver contents written_at" = OTHERS;
    inbox "updates_that_wait" of "": ""; "bot_id id telegram_id chat_id kind update_id payload payload_sealed person_id received_at charge_id" = PASSING;
    outbox "messages_that_are_sent" of "": "";
        "bot_id id receiver_telegram_id chat_id from_telegram_id source_id reply_to_id version body body_sealed is_protected \
         content written_at" = PASSING;
    commands "work_of_the_bot" of "": ""; "bot_id id inbox_id version body body_sealed is_dead created_at" = PASSING;
    audit_log "what_staff_did" of "": "";
        "bot_id id acted_at actor action subject detail link chain_key mac" = "keeps watch over the staff; what they decided about you stands in \"decisions\"";
    audit_heads "end_of_the_audit_log" of "": ""; "bot_id link row_id mac" = NOBODY;
    staff_members "staff" of "": ""; "bot_id name role added_at pseudonym" = STAFF;
    report_messages "messages_of_reports" of "": "";
        "bot_id report_id place is_by_reported reporter_message_id reported_message_id pair_id content written_at" = OTHERS;
    evidence_posts "posts_of_evidence" of "": "";
        "bot_id report_id place channel_id tried_at message_id outcome removal_tried_at" = STAFF;
    case_claims "cases_in_work" of "": ""; "bot_id report_id claimed_by claimed_until" = STAFF;
    dead_updates "unusable_updates" of "": ""; "bot_id update_id reason died_at" = NOBODY;
    seen_updates "numbers_of_updates" of "": ""; "bot_id update_id seen_at" = NOBODY;
    reconciliations "comparison_of_payments" of "": ""; "bot_id known_count read_at" = NOBODY;
    shard_leases "lease" of "": ""; "bot_id shard owner epoch batch_seq watermark watermark_at expires_at" = NOBODY;
}
