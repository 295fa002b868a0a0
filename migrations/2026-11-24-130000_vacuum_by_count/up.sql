-- Tables whose rows are rewritten all day are vacuumed before a fifth of them is dead, which is the server's own default:
-- with a million people that would be 200,000 dead rows in the table that each start reads from end to end.
ALTER TABLE people SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE preferences SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Chats are added, changed once or twice, and read by their newest rows: the visibility map must follow the insertions.
ALTER TABLE chats SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
-- A dialog's row is rewritten with each answer and goes with the last: a queue in all but name.
ALTER TABLE dialogs SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
