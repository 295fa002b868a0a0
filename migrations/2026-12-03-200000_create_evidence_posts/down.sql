DROP TABLE evidence_posts;
