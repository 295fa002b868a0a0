DROP TABLE coin_entries;
DROP TABLE coin_accounts;
