-- Posts that are to be taken away, the first $5 of them, unless Telegram refused that after $4: those from before $3, those of
-- reports that an erasure removed, and copies of a chat or a person with a report for one of the reasons $2.
SELECT post.report_id, post.place, post.channel_id, post.message_id
FROM evidence_posts AS post
LEFT JOIN reports AS report ON report.bot_id = $1 AND report.id = post.report_id
WHERE post.bot_id = $1 AND post.outcome = 'posted'
    AND (post.removal_tried_at IS NULL OR post.removal_tried_at < $4)
    AND (
        post.tried_at < $3
        OR report.id IS NULL AND post.report_id > 0
        OR post.place >= 0 AND post.report_id IN (
            SELECT alike.id
            FROM reports AS child
            JOIN reports AS alike ON alike.bot_id = $1
                AND (alike.chat_id = child.chat_id OR alike.reported_id = child.reported_id
                    OR alike.reported_pseudonym = child.reported_pseudonym)
            WHERE child.bot_id = $1 AND child.reason = ANY ($2)
        )
    )
ORDER BY post.tried_at, post.report_id, post.place
LIMIT $5
