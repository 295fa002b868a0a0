-- Commits one batch. Everything hangs on the first part: without the lease, nothing is written.
-- All parts see the rows as they were before, so a purge never touches what this batch adds.
-- Rows of queues (outbox, inbox, commands) are found one by one with their whole key, whatever the statistics say: a plan
-- made while a queue was empty would otherwise read its index from end to end, dead entries and all.
WITH lease AS (
    UPDATE shard_leases
    SET batch_seq = batch_seq + 1,
        watermark = COALESCE($6::bigint, watermark),
        watermark_at = CASE WHEN $6::bigint IS NULL THEN watermark_at ELSE $7::timestamptz END
    WHERE bot_id = $1::bigint AND shard = $2::smallint AND epoch = $3::bigint AND batch_seq = $4::bigint
        AND watermark IS NOT DISTINCT FROM $5::bigint
    RETURNING bot_id
), chats_met AS (
    INSERT INTO chats (
        bot_id, id, first_person_id, second_person_id, started_at, is_meeting, ended_at, end_reason, ended_by_side,
        has_first_written, has_second_written
    )
    SELECT lease.bot_id, c.id, c.first, c.second, $7, NOT c.is_opened, CASE WHEN c.reason IS NOT NULL THEN $7 END, c.reason,
        CASE c.ended_by WHEN c.first THEN 0 WHEN c.second THEN 1 END, c.first_wrote, c.second_wrote
    FROM lease CROSS JOIN unnest(
        $15::bigint[], $16::bigint[], $17::bigint[], $18::text[], $19::bigint[], $51::boolean[], $52::boolean[], $53::boolean[]
    ) AS c (id, first, second, reason, ended_by, is_opened, first_wrote, second_wrote)
    RETURNING first_person_id, second_person_id, ended_at, is_meeting, has_first_written AND has_second_written AS is_completed
), chats_changed AS (
    UPDATE chats
    SET is_meeting = chats.is_meeting AND NOT c.is_opened,
        started_at = CASE WHEN c.is_opened THEN $7 ELSE chats.started_at END,
        ended_at = CASE WHEN c.reason IS NOT NULL THEN $7 END, end_reason = c.reason,
        ended_by_side = CASE c.ended_by WHEN first_person_id THEN 0 WHEN second_person_id THEN 1 END,
        has_first_written = c.first_wrote, has_second_written = c.second_wrote
    FROM lease CROSS JOIN unnest(
        $20::bigint[], $21::text[], $22::bigint[], $54::boolean[], $55::boolean[], $56::boolean[]
    ) AS c (id, reason, ended_by, is_opened, first_wrote, second_wrote)
    WHERE chats.bot_id = lease.bot_id AND chats.id = c.id AND chats.ended_at IS NULL
    RETURNING first_person_id, second_person_id, ended_at, is_meeting, has_first_written AND has_second_written AS is_completed
), chats_completed AS (
    SELECT first_person_id, second_person_id FROM chats_met WHERE ended_at IS NOT NULL AND NOT is_meeting AND is_completed
    UNION ALL
    SELECT first_person_id, second_person_id FROM chats_changed WHERE ended_at IS NOT NULL AND NOT is_meeting AND is_completed
), people_changed AS (
    UPDATE people
    SET chats_count = people.chats_count + d.chats, is_reachable = COALESCE(d.is_reachable, people.is_reachable),
        premium_used_at = CASE WHEN d.is_premium_used THEN $7 ELSE people.premium_used_at END
    FROM (
        SELECT e.bot_id, e.person_id, sum(e.chats)::integer AS chats, bool_or(e.is_reachable) AS is_reachable,
            bool_or(e.is_premium_used) AS is_premium_used
        FROM (
            SELECT lease.bot_id, p.person_id, 1 AS chats, NULL::boolean AS is_reachable, false AS is_premium_used
            FROM lease CROSS JOIN chats_completed
            CROSS JOIN LATERAL (VALUES (first_person_id), (second_person_id)) AS p (person_id)
            UNION ALL
            SELECT lease.bot_id, r.person_id, 0, r.is_reachable, false
            FROM lease CROSS JOIN unnest($43::bigint[], $44::boolean[]) AS r (person_id, is_reachable)
            UNION ALL
            SELECT lease.bot_id, u.person_id, 0, NULL, true FROM lease CROSS JOIN unnest($50::bigint[]) AS u (person_id)
        ) AS e
        GROUP BY e.bot_id, e.person_id
    ) AS d
    WHERE people.bot_id = d.bot_id AND people.id = d.person_id
), seats_left AS (
    DELETE FROM seats USING lease WHERE seats.bot_id = lease.bot_id AND seats.person_id = ANY ($14::bigint[])
), seats_taken AS (
    INSERT INTO seats (
        bot_id, person_id, kind, chat_id, side, since, widened, answer_by, has_agreed, heard_at, has_written,
        was_searching, passes, is_media_asked
    )
    SELECT lease.bot_id, s.person_id, s.kind, s.chat_id, s.side, s.since, string_to_array(s.widened, ','), s.answer_by,
        s.has_agreed, s.heard_at, s.has_written, s.was_searching,
        string_to_array(s.passes, ','), s.is_media_asked
    FROM lease CROSS JOIN unnest(
        $8::bigint[], $9::text[], $10::bigint[], $11::smallint[], $12::timestamptz[], $13::text[], $57::timestamptz[],
        $58::boolean[], $59::timestamptz[], $60::boolean[], $61::boolean[], $72::text[], $73::boolean[]
    ) AS s (
        person_id, kind, chat_id, side, since, widened, answer_by, has_agreed, heard_at, has_written, was_searching, passes,
        is_media_asked
    )
    ON CONFLICT (bot_id, person_id) DO UPDATE
    SET kind = EXCLUDED.kind, chat_id = EXCLUDED.chat_id, side = EXCLUDED.side, since = EXCLUDED.since,
        widened = EXCLUDED.widened, answer_by = EXCLUDED.answer_by, has_agreed = EXCLUDED.has_agreed,
        heard_at = EXCLUDED.heard_at, has_written = EXCLUDED.has_written, was_searching = EXCLUDED.was_searching,
        passes = EXCLUDED.passes, is_media_asked = EXCLUDED.is_media_asked
), invitations_over AS (
    DELETE FROM invitations
    WHERE ctid = ANY (ARRAY(
        SELECT q.ctid
        FROM lease CROSS JOIN unnest($62::bigint[], $63::bigint[]) AS d (inviter_id, invited_id)
        CROSS JOIN LATERAL (
            SELECT ctid FROM invitations
            WHERE bot_id = $1 AND inviter_id = d.inviter_id AND invited_id = d.invited_id
            LIMIT 1
        ) AS q
    ))
), invitations_put AS (
    INSERT INTO invitations (
        bot_id, inviter_id, invited_id, chat_id, inviter_number, invited_number, made_at, expires_at, state
    )
    SELECT lease.bot_id, i.*
    FROM lease CROSS JOIN unnest(
        $64::bigint[], $65::bigint[], $66::bigint[], $67::smallint[], $68::smallint[], $69::timestamptz[],
        $70::timestamptz[], $71::text[]
    ) AS i (inviter_id, invited_id, chat_id, inviter_number, invited_number, made_at, expires_at, state)
    ON CONFLICT (bot_id, inviter_id, invited_id) DO UPDATE
    SET chat_id = EXCLUDED.chat_id, inviter_number = EXCLUDED.inviter_number, invited_number = EXCLUDED.invited_number,
        made_at = EXCLUDED.made_at, expires_at = EXCLUDED.expires_at, state = EXCLUDED.state
), holds_over AS (
    DELETE FROM holds
    WHERE ctid = ANY (ARRAY(
        SELECT q.ctid
        FROM lease CROSS JOIN unnest($74::bigint[]) AS d (id)
        CROSS JOIN LATERAL (SELECT ctid FROM holds WHERE bot_id = $1 AND id = d.id LIMIT 1) AS q
    ))
), holds_put AS (
    INSERT INTO holds (
        bot_id, id, chat_id, writer_id, message_ids, album, content, reply_to_id, questions, expires_at, has_copy
    )
    SELECT lease.bot_id, h.id, h.chat_id, h.writer_id, string_to_array(h.message_ids, ',')::integer[], h.album, h.content,
        h.reply_to_id, string_to_array(h.questions, ','), h.expires_at, h.has_copy
    FROM lease CROSS JOIN unnest(
        $75::bigint[], $76::bigint[], $77::bigint[], $78::text[], $79::bigint[], $80::text[], $81::integer[], $82::text[],
        $83::timestamptz[], $84::boolean[]
    ) AS h (id, chat_id, writer_id, message_ids, album, content, reply_to_id, questions, expires_at, has_copy)
    ON CONFLICT (bot_id, id) DO UPDATE
    SET message_ids = EXCLUDED.message_ids, questions = EXCLUDED.questions, expires_at = EXCLUDED.expires_at
), outbox_purged AS (
    DELETE FROM outbox
    WHERE ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM lease CROSS JOIN unnest($31::bigint[], $32::bigint[]) AS p (receiver_id, chat_id)
        CROSS JOIN LATERAL (
            SELECT ctid FROM outbox
            -- The sum keeps the key's index, which begins with the bot, out of this.
            WHERE receiver_telegram_id = p.receiver_id AND bot_id + 0 = $1 AND (p.chat_id IS NULL OR chat_id = p.chat_id)
            OFFSET 0
        ) AS o
    ))
), outbox_added AS (
    INSERT INTO outbox (
        bot_id, id, receiver_telegram_id, chat_id, from_telegram_id, source_id, reply_to_id, version, body, is_protected,
        body_sealed, content, written_at
    )
    SELECT lease.bot_id, o.*
    FROM lease CROSS JOIN unnest(
        $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[], $27::integer[], $28::integer[], $29::smallint[], $30::text[],
        $48::boolean[], $85::bytea[], $87::text[], $88::timestamptz[]
    ) AS o (
        id, receiver_id, chat_id, from_id, source_id, reply_to_id, version, body, is_protected, body_sealed, content, written_at
    )
), inbox_done AS (
    DELETE FROM inbox
    WHERE ctid = ANY (ARRAY(
        SELECT q.ctid
        FROM lease CROSS JOIN unnest($41::bigint[]) AS d (id)
        CROSS JOIN LATERAL (SELECT ctid FROM inbox WHERE bot_id = $1 AND id = d.id LIMIT 1) AS q
    ))
), inbox_added AS (
    INSERT INTO inbox (
        bot_id, id, telegram_id, chat_id, kind, update_id, payload, person_id, received_at, charge_id, payload_sealed
    )
    SELECT lease.bot_id, i.*
    FROM lease CROSS JOIN unnest(
        $33::bigint[], $34::bigint[], $35::bigint[], $36::text[], $37::bigint[], $38::text[], $39::bigint[], $40::timestamptz[],
        $49::text[], $86::bytea[]
    ) AS i (id, telegram_id, chat_id, kind, update_id, payload, person_id, received_at, charge_id, payload_sealed)
), commands_done AS (
    DELETE FROM commands
    WHERE ctid = ANY (ARRAY(
        SELECT q.ctid
        FROM lease CROSS JOIN unnest($42::bigint[]) AS d (id)
        CROSS JOIN LATERAL (SELECT ctid FROM commands WHERE bot_id = $1 AND id = d.id LIMIT 1) AS q
    ))
), former_kept AS (
    INSERT INTO former_words (bot_id, id, pair_id, words_sealed, changed_at)
    SELECT f.bot_id, f.id, f.pair_id, f.words_sealed, $7
    FROM (
        SELECT lease.bot_id, w.id, w.words_sealed, COALESCE(w.pair_id, (
            SELECT max(id) FROM message_map
            WHERE bot_id = $1 AND from_telegram_id = w.from_id AND source_id = w.source_id
        )) AS pair_id
        FROM lease CROSS JOIN unnest($89::bigint[], $90::bigint[], $91::bigint[], $92::integer[], $93::bytea[])
            AS w (id, pair_id, from_id, source_id, words_sealed)
    ) AS f
    WHERE f.pair_id IS NOT NULL
), dead_added AS (
    INSERT INTO dead_updates (bot_id, update_id, reason, died_at)
    SELECT lease.bot_id, d.update_id, d.reason, $7
    FROM lease CROSS JOIN unnest($45::bigint[], $46::text[]) AS d (update_id, reason)
    ON CONFLICT DO NOTHING
), seen_added AS (
    INSERT INTO seen_updates (bot_id, update_id, seen_at)
    SELECT lease.bot_id, s.update_id, $7 FROM lease CROSS JOIN unnest($47::bigint[]) AS s (update_id)
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM lease
