-- Takes back V009__sms_module: every object it made, dependants first.

DROP TABLE sms_reactions;
DROP TABLE sms_attachments;
DROP TABLE sms_messages;
DROP TABLE sms_conversations;
DROP TABLE sms_sender_accounts;
DROP TABLE sms_service_accounts;
