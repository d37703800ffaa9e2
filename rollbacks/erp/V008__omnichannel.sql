-- Takes back V008__omnichannel: every object it made, dependants first.

DROP TABLE unified_message_reactions;
DROP TABLE unified_message_attachments;
DROP TABLE unified_messages;
DROP TABLE unified_conversations;
DROP TABLE unified_contact_identities;
DROP TABLE unified_contacts;
