-- Takes back V0004__budgets_refunds: every object it made, dependants first.

DROP TABLE budget_usage_records;
DROP TABLE refunds;
DROP TABLE budgets;

DROP TYPE budget_period;
DROP TYPE budget_type;
DROP TYPE refund_status;
DROP TYPE refund_reason;
