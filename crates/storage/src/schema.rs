//! The tables as Diesel sees them: generated from the migrated database, never edited.
//! A test compares them with the catalogue.

diesel::table! {
    appeals (bot_id, sanction_id) {
        bot_id -> BigInt,
        sanction_id -> BigInt,
        telegram_id -> Nullable<BigInt>,
        ui_language -> Nullable<Text>,
        words_sealed -> Nullable<Bytea>,
        written_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Text>,
        is_overturned -> Nullable<Bool>,
    }
}

diesel::table! {
    audit_heads (bot_id) {
        bot_id -> BigInt,
        link -> BigInt,
        row_id -> BigInt,
        mac -> Bytea,
    }
}

diesel::table! {
    audit_log (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        acted_at -> Timestamptz,
        actor -> Text,
        action -> Text,
        subject -> Text,
        detail -> Text,
        link -> Nullable<BigInt>,
        chain_key -> Nullable<Bytea>,
        mac -> Nullable<Bytea>,
    }
}

diesel::table! {
    blocks (bot_id, blocker_id, blocked_id) {
        bot_id -> BigInt,
        blocker_id -> BigInt,
        blocked_id -> BigInt,
        blocked_at -> Timestamptz,
    }
}

diesel::table! {
    case_claims (bot_id, report_id) {
        bot_id -> BigInt,
        report_id -> BigInt,
        claimed_by -> Text,
        claimed_until -> Timestamptz,
    }
}

diesel::table! {
    chat_leavers (bot_id, chat_id, side) {
        bot_id -> BigInt,
        chat_id -> BigInt,
        side -> SmallInt,
        subject_hash -> Bytea,
        pseudonym -> Text,
        message_ids -> Array<Integer>,
        pair_ids -> Array<BigInt>,
        are_by_leaver -> Array<Bool>,
        contents -> Array<Text>,
        written_at -> Array<Timestamptz>,
    }
}

diesel::table! {
    chats (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        first_person_id -> Nullable<BigInt>,
        second_person_id -> Nullable<BigInt>,
        started_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        ended_by_side -> Nullable<SmallInt>,
        is_cleared -> Bool,
        is_meeting -> Bool,
        has_first_written -> Bool,
        has_second_written -> Bool,
    }
}

diesel::table! {
    coin_accounts (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        person_id -> Nullable<BigInt>,
        house -> Nullable<Text>,
        balance -> Nullable<BigInt>,
    }
}

diesel::table! {
    coin_entries (bot_id, key) {
        bot_id -> BigInt,
        key -> Text,
        debit_account_id -> BigInt,
        credit_account_id -> BigInt,
        coins -> BigInt,
        moved_at -> Timestamptz,
    }
}

diesel::table! {
    commands (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        inbox_id -> Nullable<BigInt>,
        version -> SmallInt,
        body -> Text,
        is_dead -> Bool,
        created_at -> Timestamptz,
        body_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    consents (bot_id, telegram_id, version) {
        bot_id -> BigInt,
        telegram_id -> BigInt,
        version -> SmallInt,
        documents_at -> Timestamptz,
        orientation_at -> Timestamptz,
    }
}

diesel::table! {
    dead_updates (bot_id, update_id) {
        bot_id -> BigInt,
        update_id -> BigInt,
        reason -> Text,
        died_at -> Timestamptz,
    }
}

diesel::table! {
    dialogs (bot_id, telegram_id) {
        bot_id -> BigInt,
        telegram_id -> BigInt,
        version -> SmallInt,
        state -> Text,
        changed_at -> Timestamptz,
        state_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    entitlement_grants (bot_id, key) {
        bot_id -> BigInt,
        key -> Text,
        person_id -> BigInt,
        source -> Text,
        days -> Integer,
        granted_at -> Timestamptz,
        granted_by -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    evidence_posts (bot_id, report_id, place) {
        bot_id -> BigInt,
        report_id -> BigInt,
        place -> SmallInt,
        channel_id -> BigInt,
        tried_at -> Timestamptz,
        message_id -> Nullable<Integer>,
        outcome -> Nullable<Text>,
        removal_tried_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    former_accounts (bot_id, subject_hash) {
        bot_id -> BigInt,
        subject_hash -> Bytea,
        person_id -> Nullable<BigInt>,
        suspended_until -> Nullable<Timestamptz>,
        daily_at -> Nullable<Timestamptz>,
        spun_at -> Nullable<Timestamptz>,
        left_at -> Timestamptz,
        kept_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    former_blocks (bot_id, blocker, blocked) {
        bot_id -> BigInt,
        blocker -> Bytea,
        blocked -> Bytea,
        blocked_at -> Timestamptz,
        left_at -> Timestamptz,
    }
}

diesel::table! {
    former_people (bot_id, pseudonym) {
        bot_id -> BigInt,
        pseudonym -> Text,
        subject_hash -> Bytea,
        suspended_until -> Nullable<Timestamptz>,
        is_adopted -> Bool,
    }
}

diesel::table! {
    former_words (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        pair_id -> BigInt,
        words_sealed -> Nullable<Bytea>,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    friend_requests (bot_id, asker_id, asked_id) {
        bot_id -> BigInt,
        asker_id -> BigInt,
        asked_id -> BigInt,
        chat_id -> BigInt,
        asked_at -> Timestamptz,
    }
}

diesel::table! {
    friendships (bot_id, person_id, friend_id) {
        bot_id -> BigInt,
        person_id -> BigInt,
        friend_id -> BigInt,
        chat_id -> BigInt,
        number -> SmallInt,
        since -> Timestamptz,
    }
}

diesel::table! {
    holds (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        chat_id -> BigInt,
        writer_id -> BigInt,
        message_ids -> Array<Integer>,
        album -> Nullable<BigInt>,
        content -> Text,
        reply_to_id -> Nullable<Integer>,
        questions -> Array<Text>,
        expires_at -> Timestamptz,
        has_copy -> Bool,
    }
}

diesel::table! {
    inbox (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        telegram_id -> BigInt,
        chat_id -> Nullable<BigInt>,
        kind -> Text,
        update_id -> Nullable<BigInt>,
        payload -> Nullable<Text>,
        person_id -> Nullable<BigInt>,
        received_at -> Timestamptz,
        charge_id -> Nullable<Text>,
        payload_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    invitations (bot_id, inviter_id, invited_id) {
        bot_id -> BigInt,
        inviter_id -> BigInt,
        invited_id -> BigInt,
        chat_id -> BigInt,
        inviter_number -> SmallInt,
        invited_number -> SmallInt,
        made_at -> Timestamptz,
        expires_at -> Timestamptz,
        state -> Text,
    }
}

diesel::table! {
    invite_codes (bot_id, person_id) {
        bot_id -> BigInt,
        person_id -> BigInt,
        code -> Text,
    }
}

diesel::table! {
    invites (bot_id, invited_id) {
        bot_id -> BigInt,
        invited_id -> BigInt,
        inviter_id -> Nullable<BigInt>,
        invited_at -> Timestamptz,
    }
}

diesel::table! {
    message_map (bot_id, chat_id, id) {
        bot_id -> BigInt,
        chat_id -> BigInt,
        id -> BigInt,
        from_telegram_id -> BigInt,
        source_id -> Integer,
        to_telegram_id -> BigInt,
        copy_id -> Integer,
        content -> Nullable<Text>,
        written_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    outbox (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        receiver_telegram_id -> BigInt,
        chat_id -> Nullable<BigInt>,
        from_telegram_id -> Nullable<BigInt>,
        source_id -> Nullable<Integer>,
        reply_to_id -> Nullable<Integer>,
        version -> Nullable<SmallInt>,
        body -> Nullable<Text>,
        is_protected -> Bool,
        body_sealed -> Nullable<Bytea>,
        content -> Nullable<Text>,
        written_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    payments (bot_id, telegram_payment_charge_id) {
        bot_id -> BigInt,
        telegram_payment_charge_id -> Text,
        payer_id -> Nullable<BigInt>,
        receiver_id -> Nullable<BigInt>,
        plan -> Text,
        stars -> Integer,
        days -> Integer,
        paid_at -> Timestamptz,
        is_recurring -> Bool,
        subscription_until -> Nullable<Timestamptz>,
        canceled_at -> Nullable<Timestamptz>,
        subscription_changes -> Integer,
        is_first_recurring -> Nullable<Bool>,
        refund_days -> Nullable<Integer>,
    }
}

diesel::table! {
    people (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        telegram_id -> BigInt,
        pseudonym -> Text,
        ui_language -> Text,
        gender -> Text,
        born_on -> Date,
        country -> Text,
        city -> Nullable<Text>,
        languages -> Array<Text>,
        interests -> Array<Text>,
        is_verified -> Bool,
        is_reachable -> Bool,
        ratings_up -> Integer,
        ratings_down -> Integer,
        chats_count -> Integer,
        suspended_until -> Nullable<Timestamptz>,
        registered_at -> Timestamptz,
        premium_used_at -> Nullable<Timestamptz>,
        bio -> Nullable<Text>,
        photo_file_id -> Nullable<Text>,
        card_parts -> Array<Text>,
        bio_sealed -> Nullable<Bytea>,
        city_sealed -> Nullable<Bytea>,
        leaves_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    preferences (bot_id, person_id) {
        bot_id -> BigInt,
        person_id -> BigInt,
        genders -> Array<Text>,
        lowest_age -> SmallInt,
        highest_age -> SmallInt,
        country -> Nullable<Text>,
        requires_common_language -> Bool,
        requires_verified -> Bool,
        requires_same_city -> Bool,
        requires_common_interest -> Bool,
        accepts_media -> Bool,
        protects_content -> Bool,
        is_reminded -> Bool,
        time_zone -> Nullable<Text>,
        quiet_from -> Nullable<SmallInt>,
        quiet_until -> Nullable<SmallInt>,
        withheld -> Array<Text>,
    }
}

diesel::table! {
    rating_resets (bot_id, telegram_payment_charge_id) {
        bot_id -> BigInt,
        telegram_payment_charge_id -> Text,
        person_id -> BigInt,
        ratings_up -> Integer,
        ratings_down -> Integer,
    }
}

diesel::table! {
    ratings (bot_id, chat_id, rater_id) {
        bot_id -> BigInt,
        chat_id -> BigInt,
        rater_id -> BigInt,
        rated_id -> BigInt,
        is_good -> Bool,
        rated_at -> Timestamptz,
    }
}

diesel::table! {
    reconciliations (bot_id) {
        bot_id -> BigInt,
        known_count -> BigInt,
        read_at -> Timestamptz,
    }
}

diesel::table! {
    refunds (bot_id, telegram_payment_charge_id) {
        bot_id -> BigInt,
        telegram_payment_charge_id -> Text,
        cause -> Text,
        reason -> Text,
        requested_at -> Nullable<Timestamptz>,
        refunded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    report_messages (bot_id, report_id, place) {
        bot_id -> BigInt,
        report_id -> BigInt,
        place -> SmallInt,
        is_by_reported -> Nullable<Bool>,
        reporter_message_id -> Nullable<Integer>,
        reported_message_id -> Nullable<Integer>,
        pair_id -> Nullable<BigInt>,
        content -> Nullable<Text>,
        written_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    reports (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        chat_id -> BigInt,
        reporter_id -> Nullable<BigInt>,
        reporter_pseudonym -> Text,
        reported_id -> Nullable<BigInt>,
        reason -> Text,
        message_id -> Nullable<Integer>,
        message_ids -> Array<Integer>,
        reported_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        sanction_id -> Nullable<BigInt>,
        reported_pseudonym -> Nullable<Text>,
        words_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    sanctions (bot_id, id) {
        bot_id -> BigInt,
        id -> BigInt,
        person_id -> Nullable<BigInt>,
        subject_hash -> Nullable<Bytea>,
        kind -> Text,
        until -> Nullable<Timestamptz>,
        reason -> Text,
        decided_by -> Text,
        decided_at -> Timestamptz,
        rule -> Nullable<Text>,
        profile_text -> Nullable<Text>,
        overturned_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    seats (bot_id, person_id) {
        bot_id -> BigInt,
        person_id -> BigInt,
        kind -> Text,
        chat_id -> Nullable<BigInt>,
        side -> Nullable<SmallInt>,
        since -> Timestamptz,
        widened -> Array<Text>,
        answer_by -> Nullable<Timestamptz>,
        has_agreed -> Bool,
        heard_at -> Nullable<Timestamptz>,
        has_written -> Bool,
        was_searching -> Bool,
        passes -> Array<Text>,
        is_media_asked -> Bool,
    }
}

diesel::table! {
    seen_updates (bot_id, update_id) {
        bot_id -> BigInt,
        update_id -> BigInt,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    shard_leases (bot_id, shard) {
        bot_id -> BigInt,
        shard -> SmallInt,
        owner -> Nullable<Text>,
        epoch -> BigInt,
        batch_seq -> BigInt,
        watermark -> Nullable<BigInt>,
        watermark_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    staff_members (bot_id, name, role) {
        bot_id -> BigInt,
        name -> Text,
        role -> Text,
        added_at -> Timestamptz,
        pseudonym -> Nullable<Text>,
    }
}

diesel::table! {
    visitors (bot_id, telegram_id) {
        bot_id -> BigInt,
        telegram_id -> BigInt,
        ui_language -> Nullable<Text>,
        refused_at -> Nullable<Timestamptz>,
        refused_born_on -> Nullable<Date>,
        support_code -> Nullable<Text>,
        data_sent_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    audit_heads,
    audit_log,
    blocks,
    case_claims,
    chat_leavers,
    chats,
    coin_accounts,
    coin_entries,
    commands,
    consents,
    dead_updates,
    dialogs,
    entitlement_grants,
    evidence_posts,
    former_accounts,
    former_blocks,
    former_people,
    former_words,
    friend_requests,
    friendships,
    holds,
    inbox,
    invitations,
    invite_codes,
    invites,
    message_map,
    outbox,
    payments,
    people,
    preferences,
    rating_resets,
    ratings,
    reconciliations,
    refunds,
    report_messages,
    reports,
    sanctions,
    seats,
    seen_updates,
    shard_leases,
    staff_members,
    visitors,
);
