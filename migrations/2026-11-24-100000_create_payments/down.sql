DROP TABLE rating_resets;
DROP TABLE refunds;
DROP TABLE payments;
