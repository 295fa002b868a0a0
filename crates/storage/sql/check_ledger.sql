-- Counts what breaks the rules of coins, a rule a row.
SELECT 'a balance that is not the sum of its entries' AS rule, count(*) AS broken
FROM coin_accounts AS a
LEFT JOIN (
    SELECT bot_id, account_id, sum(coins) AS coins
    FROM (
        SELECT bot_id, credit_account_id AS account_id, coins FROM coin_entries
        UNION ALL
        SELECT bot_id, debit_account_id, -coins FROM coin_entries
    ) AS moved
    GROUP BY bot_id, account_id
) AS e ON e.bot_id = a.bot_id AND e.account_id = a.id
WHERE a.balance IS NOT NULL AND a.balance <> coalesce(e.coins, 0)
