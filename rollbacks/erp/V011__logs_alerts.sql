-- Takes back V011__logs_alerts: every object it made, dependants first.

DROP TABLE notes;
DROP TABLE alerts;
DROP TABLE alert_rules;
DROP TABLE webhook_logs;
DROP TABLE human_action_logs;
DROP TABLE system_logs;
