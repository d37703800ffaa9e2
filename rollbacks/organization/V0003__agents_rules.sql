-- Takes back V0003__agents_rules: every object it made, dependants first.

DROP TABLE decision_rules;
DROP TABLE agent_configurations;

DROP TYPE decision_rule_action;
DROP TYPE agent_status;
DROP TYPE agent_type;
