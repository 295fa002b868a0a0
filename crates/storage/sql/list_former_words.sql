-- What stood in the messages of a report ($2) before each change, in the order of the changes, and whether a report with one
-- of the reasons $3 has the same message: its words are for child safety alone.
SELECT frozen.place, former.id, former.words_sealed, EXISTS (
    SELECT FROM report_messages AS other
    JOIN reports ON reports.bot_id = other.bot_id AND reports.id = other.report_id
    WHERE other.bot_id = $1 AND other.pair_id = frozen.pair_id AND reports.reason = ANY ($3)
) AS is_for_child_safety
FROM report_messages AS frozen
JOIN former_words AS former ON former.bot_id = frozen.bot_id AND former.pair_id = frozen.pair_id
WHERE frozen.bot_id = $1 AND frozen.report_id = $2
ORDER BY frozen.place, former.id
