-- Takes back V0002__tickets_escalations: every object it made, dependants first.

DROP TABLE escalations;
DROP TABLE tickets;

DROP TYPE escalation_reason;
DROP TYPE escalation_status;
DROP TYPE escalation_priority;
DROP TYPE ticket_category;
DROP TYPE ticket_priority;
DROP TYPE ticket_status;
