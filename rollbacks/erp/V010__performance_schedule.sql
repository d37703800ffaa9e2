-- Takes back V010__performance_schedule: every object it made, dependants first.

DROP TABLE shift_reports;
DROP TABLE time_off_requests;
DROP TABLE schedule_shifts;
DROP TABLE performance_evaluation_scores;
DROP TABLE performance_evaluations;
DROP TABLE performance_criteria;
