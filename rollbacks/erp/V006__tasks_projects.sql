-- Takes back V006__tasks_projects: every object it made, dependants first.

DROP TABLE task_activity_logs;
DROP TABLE task_attachments;
DROP TABLE task_comments;
DROP TABLE task_dependencies;
DROP TABLE tasks;
DROP TABLE project_milestones;
DROP TABLE project_members;
DROP TABLE project;
