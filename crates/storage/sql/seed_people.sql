-- Registers made-up people in bulk: the same numbers give the same people.
-- $1 bot, $2 how many, $3 the first Telegram id, $4 now.
-- A third are women, every fiftieth non-binary; ages 18 to 45; eight countries; each wants what most of them want.
WITH new AS (
    SELECT $3::bigint + i AS telegram_id, (i * 2654435761 + 40503) % 4294967296 AS h
    FROM generate_series(0, $2::bigint - 1) AS i
), made AS (
    INSERT INTO people (
        bot_id, telegram_id, pseudonym, ui_language, gender, born_on, country, languages, interests, registered_at
    )
    SELECT
        $1::bigint, telegram_id,
        -- Ten letters of the pseudonyms' alphabet from the bits of the Telegram id, so that each is another one.
        substr(letters, ((telegram_id >> 0) & 31)::integer + 1, 1) || substr(letters, ((telegram_id >> 5) & 31)::integer + 1, 1)
            || substr(letters, ((telegram_id >> 10) & 31)::integer + 1, 1) || substr(letters, ((telegram_id >> 15) & 31)::integer + 1, 1)
            || substr(letters, ((telegram_id >> 20) & 31)::integer + 1, 1) || substr(letters, ((telegram_id >> 25) & 31)::integer + 1, 1)
            || substr(letters, ((telegram_id >> 30) & 31)::integer + 1, 1) || substr(letters, ((telegram_id >> 35) & 31)::integer + 1, 1)
            || substr(letters, ((telegram_id >> 40) & 31)::integer + 1, 1) || substr(letters, ((telegram_id >> 45) & 31)::integer + 1, 1),
        CASE WHEN h % 5 = 0 THEN 'hi' ELSE 'en' END,
        CASE WHEN h % 50 = 0 THEN 'nonbinary' WHEN h % 3 = 0 THEN 'woman' ELSE 'man' END,
        -- Not counted from today: the same numbers give the same people on any day.
        DATE '2008-01-01' - ((h / 7) % 10000)::integer,
        (ARRAY['IN', 'IN', 'IN', 'US', 'BR', 'RU', 'UA', 'ID'])[(h / 11) % 8 + 1],
        CASE WHEN (h / 13) % 3 = 0 THEN ARRAY['en'] WHEN (h / 13) % 3 = 1 THEN ARRAY['hi', 'en'] ELSE ARRAY['en', 'es'] END,
        CASE (h / 17) % 4
            WHEN 0 THEN ARRAY['chatting', 'music'] WHEN 1 THEN ARRAY['friends', 'films', 'games']
            WHEN 2 THEN ARRAY['chatting'] ELSE ARRAY['love', 'travel', 'pets']
        END,
        $4::timestamptz
    FROM new CROSS JOIN (VALUES ('abcdefghjkmnpqrstuvwxyz023456789')) AS alphabet (letters)
    RETURNING bot_id, id, telegram_id, gender
), wanted AS (
    INSERT INTO preferences (
        bot_id, person_id, genders, lowest_age, highest_age, country, requires_common_language, requires_verified
    )
    SELECT bot_id, id, CASE WHEN telegram_id % 4 = 0 THEN ARRAY['woman', 'man', 'nonbinary']
            WHEN gender = 'man' THEN ARRAY['woman'] ELSE ARRAY['man'] END,
        18, 120, NULL, true, false
    FROM made
)
INSERT INTO consents (bot_id, telegram_id, version, documents_at, orientation_at)
SELECT bot_id, telegram_id, $5::smallint, $4, $4 FROM made
