-- Fills every table beside people, preferences, consents, live chats and their seats, which are seeded before, so that a
-- plan by index pays and one without it shows. Keys are derived from the people, so that each row fits the constraints.
CREATE TEMPORARY TABLE pairs AS
SELECT p.bot_id, p.id, q.id AS other, p.pseudonym, q.pseudonym AS other_pseudonym, p.telegram_id, q.telegram_id AS other_telegram,
    274877906944 + row_number() OVER (ORDER BY p.id) AS n -- above the numbers that tests give
FROM people AS p
JOIN people AS q ON q.bot_id = p.bot_id
    AND q.id = (SELECT min(id) FROM people) + (p.id * 7919 + 13) % (SELECT count(*) FROM people);
DELETE FROM pairs WHERE id = other;
-- Enough for tables that only a few people have rows in.
CREATE TEMPORARY TABLE few AS SELECT * FROM pairs ORDER BY n LIMIT 5000;

INSERT INTO visitors (bot_id, telegram_id, ui_language) SELECT bot_id, telegram_id, 'en' FROM pairs;
INSERT INTO dialogs (bot_id, telegram_id, version, state) SELECT bot_id, telegram_id, 1, 'step=country' FROM few;
INSERT INTO chats (bot_id, id, first_person_id, second_person_id, started_at, ended_at, end_reason, is_cleared)
SELECT bot_id, n, id, other, '2020-01-01', '2020-01-01', 'stopped', true FROM pairs;
INSERT INTO message_map (bot_id, chat_id, id, from_telegram_id, source_id, to_telegram_id, copy_id)
SELECT bot_id, n / 10, n, telegram_id, n % 1000000, other_telegram, n % 1000000 FROM pairs;
INSERT INTO former_words (bot_id, id, pair_id, changed_at) SELECT bot_id, n, n, '2999-01-01' FROM pairs;
INSERT INTO ratings (bot_id, chat_id, rater_id, rated_id, is_good, rated_at) SELECT bot_id, n, id, other, true, '2020-01-01' FROM pairs;
INSERT INTO blocks (bot_id, blocker_id, blocked_id, blocked_at) SELECT bot_id, id, other, '2020-01-01' FROM few;
INSERT INTO sanctions (bot_id, person_id, subject_hash, kind, until, reason, decided_by, decided_at)
SELECT bot_id, CASE WHEN n % 2 = 0 THEN id END, CASE WHEN n % 2 = 1 THEN sha256(pseudonym::bytea) END, 'ban', 'infinity', 'x', 'x', '2020-01-01'
FROM few WHERE n % 3 = 0;
-- One in five hundred is about somebody who left.
INSERT INTO reports (bot_id, chat_id, reporter_id, reporter_pseudonym, reported_id, reported_pseudonym, reason, message_ids, reported_at, closed_at)
SELECT bot_id, n, id, pseudonym, CASE WHEN n % 500 <> 0 THEN other END, CASE WHEN n % 500 = 0 THEN other_pseudonym END, 'spam', '{1}',
    '2020-01-01', '2020-01-02'
FROM few;
INSERT INTO appeals (bot_id, sanction_id, written_at, closed_at, closed_by, is_overturned)
SELECT bot_id, id, '2020-01-02', '2020-01-03', 'x', false FROM sanctions;
INSERT INTO case_claims (bot_id, report_id, claimed_by, claimed_until) SELECT bot_id, id, 'x', '2999-01-01' FROM reports;
INSERT INTO report_messages (bot_id, report_id, place) SELECT bot_id, id, 1 FROM reports;
INSERT INTO evidence_posts (bot_id, report_id, place, channel_id, tried_at, message_id, outcome)
    SELECT bot_id, id, 1, -1001, '2020-01-01', 5, 'posted' FROM reports;
INSERT INTO audit_log (bot_id, acted_at, actor, action, subject, detail, link, mac)
    SELECT bot_id, '2020-01-01', 'x', 'ban', pseudonym, 'x', row_number() OVER (PARTITION BY bot_id ORDER BY n), sha256('x') FROM few;
INSERT INTO audit_heads SELECT DISTINCT ON (bot_id) bot_id, link, id, mac FROM audit_log ORDER BY bot_id, link DESC;
-- Behind everybody whom a test names, since lists have an end.
INSERT INTO staff_members (bot_id, name, role, added_at) SELECT bot_id, 'z' || pseudonym, 'support', '2020-01-01' FROM few;
INSERT INTO inbox (bot_id, id, telegram_id, kind, person_id, received_at) SELECT bot_id, n, telegram_id, 'first_chat', id, '2020-01-01' FROM few;
INSERT INTO commands (bot_id, inbox_id, version, body, is_dead, created_at) SELECT bot_id, n, 1, 'x', true, '2020-01-01' FROM few;
INSERT INTO outbox (bot_id, id, receiver_telegram_id, version, body) SELECT bot_id, n, telegram_id, 1, 'x' FROM few;
INSERT INTO dead_updates (bot_id, update_id, reason, died_at) SELECT bot_id, n, 'x', '2999-01-01' FROM few;
INSERT INTO seen_updates (bot_id, update_id, seen_at) SELECT bot_id, n, '1999-01-01'::timestamptz + n % 1000000 * interval '1 minute' FROM few;
INSERT INTO payments (bot_id, telegram_payment_charge_id, payer_id, receiver_id, plan, stars, days, paid_at, is_recurring)
SELECT bot_id, 'crowd' || n, id, other, 'week', 1, 7, '2020-01-01', false FROM few;
INSERT INTO refunds (bot_id, telegram_payment_charge_id, cause, reason, refunded_at) SELECT bot_id, 'crowd' || n, 'buyer', 'x', '2020-01-02' FROM few;
INSERT INTO rating_resets (bot_id, telegram_payment_charge_id, person_id, ratings_up, ratings_down) SELECT bot_id, 'crowd' || n, other, 0, 1 FROM few;
INSERT INTO entitlement_grants (bot_id, key, person_id, source, days, granted_at) SELECT bot_id, 'crowd' || n, id, 'trial', 3, '2020-01-01' FROM few;
INSERT INTO coin_accounts (bot_id, person_id, balance) SELECT bot_id, id, 10 FROM pairs;
INSERT INTO coin_entries (bot_id, key, debit_account_id, credit_account_id, coins, moved_at)
SELECT a.bot_id, 'crowd' || few.n, a.id, b.id, 0, '2020-01-01'
FROM few JOIN coin_accounts AS a ON a.bot_id = few.bot_id AND a.person_id = few.id
JOIN coin_accounts AS b ON b.bot_id = few.bot_id AND b.person_id = few.other;
INSERT INTO invite_codes (bot_id, person_id, code) SELECT bot_id, id, pseudonym FROM few;
INSERT INTO invites (bot_id, invited_id, inviter_id, invited_at) SELECT bot_id, id, other, '2020-01-01' FROM few;
INSERT INTO invitations (bot_id, inviter_id, invited_id, chat_id, inviter_number, invited_number, made_at, expires_at, state)
SELECT bot_id, id, other, n, 1, 1, '2020-01-01', '2999-01-01', 'told' FROM few;
INSERT INTO holds (bot_id, id, chat_id, writer_id, message_ids, content, questions, expires_at)
SELECT bot_id, n, n, id, '{1}', 'photo', '{media}', '2999-01-01' FROM few;
INSERT INTO friend_requests (bot_id, asker_id, asked_id, chat_id, asked_at) SELECT bot_id, id, other, n, '2020-01-01' FROM few;
INSERT INTO friendships (bot_id, person_id, friend_id, chat_id, number, since) SELECT bot_id, id, other, n, 1, '2020-01-01' FROM few;
INSERT INTO former_people (bot_id, pseudonym, subject_hash, is_adopted) SELECT bot_id, 'former' || n, sha256(pseudonym::bytea), true FROM few;
INSERT INTO former_accounts (bot_id, subject_hash, person_id, left_at)
SELECT bot_id, sha256(pseudonym::bytea), min(id), '2999-01-01' FROM few GROUP BY bot_id, pseudonym;
INSERT INTO former_blocks (bot_id, blocker, blocked, blocked_at, left_at)
SELECT bot_id, int8send(id), sha256(other_pseudonym::bytea), '2020-01-01', '2999-01-01' FROM few;
INSERT INTO chat_leavers (bot_id, chat_id, side, subject_hash, pseudonym, message_ids)
SELECT bot_id, n, 0, sha256(pseudonym::bytea), pseudonym, '{1}' FROM few;
DROP TABLE pairs, few;
