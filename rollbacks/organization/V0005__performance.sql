-- Takes back V0005__performance: every object it made, dependants first.

DROP TABLE team_performance;
DROP TABLE performance_metrics;

DROP TYPE performance_trend;
DROP TYPE team_performance_period;
DROP TYPE metric_period;
