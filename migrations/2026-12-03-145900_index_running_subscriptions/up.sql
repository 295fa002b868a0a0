-- Once a minute the bot looks for subscriptions that would be charged while their owner is suspended. Few payments belong to
-- one that runs, and those of before are among them at once.
CREATE INDEX payments_bot_id_subscription_until_idx ON payments (bot_id, subscription_until)
    WHERE subscription_until IS NOT NULL AND canceled_at IS NULL;
