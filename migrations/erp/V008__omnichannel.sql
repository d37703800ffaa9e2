-- Omnichannel: contacts and messages of all pages in one inbox.

CREATE TABLE unified_contacts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  display_name text NOT NULL,
  phone text,
  email text,
  avatar_url text,
  language text,
  owner_id bigint,
  is_blocked boolean NOT NULL DEFAULT false,
  attributes jsonb NOT NULL DEFAULT '{}',
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT unified_contacts_pkey PRIMARY KEY (id),
  CONSTRAINT unified_contacts_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_contacts_owner_id_fkey FOREIGN KEY (owner_id)
    REFERENCES sys_users (id) ON DELETE SET NULL
);

COMMENT ON TABLE unified_contacts IS 'Someone who writes to any page of a tenant.';

CREATE INDEX idx_unified_contacts_tenant_id ON unified_contacts (tenant_id);
CREATE INDEX idx_unified_contacts_owner_id ON unified_contacts (owner_id);
CREATE INDEX idx_unified_contacts_tenant_id_last_seen_at_live
  ON unified_contacts (tenant_id, last_seen_at DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_unified_contacts_tenant_id_phone_live ON unified_contacts (tenant_id, phone)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_unified_contacts_tenant_id_email_live ON unified_contacts (tenant_id, email)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_unified_contacts_attributes
  ON unified_contacts USING gin (attributes jsonb_path_ops);

CREATE TRIGGER trg_unified_contacts_updated_at
  BEFORE UPDATE ON unified_contacts
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE unified_contact_identities (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  contact_id bigint NOT NULL,
  platform_page_id bigint NOT NULL,
  external_id text NOT NULL,
  display_name text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unified_contact_identities_pkey PRIMARY KEY (id),
  CONSTRAINT unified_contact_identities_external_id_key UNIQUE (platform_page_id, external_id),
  CONSTRAINT unified_contact_identities_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_contact_identities_contact_id_fkey FOREIGN KEY (contact_id)
    REFERENCES unified_contacts (id) ON DELETE CASCADE,
  CONSTRAINT unified_contact_identities_platform_page_id_fkey FOREIGN KEY (platform_page_id)
    REFERENCES channels_platform_pages (id) ON DELETE CASCADE
);

COMMENT ON TABLE unified_contact_identities IS
  'Under which identifier a contact is known on a page.';

CREATE INDEX idx_unified_contact_identities_tenant_id ON unified_contact_identities (tenant_id);
CREATE INDEX idx_unified_contact_identities_contact_id ON unified_contact_identities (contact_id);

CREATE TRIGGER trg_unified_contact_identities_updated_at
  BEFORE UPDATE ON unified_contact_identities
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE unified_conversations (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  contact_id bigint NOT NULL,
  platform_page_id bigint NOT NULL,
  external_id text NOT NULL,
  subject text,
  status text NOT NULL DEFAULT 'open',
  priority text NOT NULL DEFAULT 'normal',
  assigned_to bigint,
  unread_count integer NOT NULL DEFAULT 0,
  tags jsonb NOT NULL DEFAULT '[]',
  first_response_at timestamptz,
  last_message_at timestamptz,
  snoozed_until timestamptz,
  closed_at timestamptz,
  closed_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT unified_conversations_pkey PRIMARY KEY (id),
  CONSTRAINT unified_conversations_external_id_key UNIQUE (platform_page_id, external_id),
  CONSTRAINT unified_conversations_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_conversations_contact_id_fkey FOREIGN KEY (contact_id)
    REFERENCES unified_contacts (id) ON DELETE CASCADE,
  CONSTRAINT unified_conversations_platform_page_id_fkey FOREIGN KEY (platform_page_id)
    REFERENCES channels_platform_pages (id) ON DELETE CASCADE,
  CONSTRAINT unified_conversations_assigned_to_fkey FOREIGN KEY (assigned_to)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT unified_conversations_closed_by_fkey FOREIGN KEY (closed_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT unified_conversations_status_check CHECK (
    status IN ('open', 'pending', 'snoozed', 'closed')
  ),
  CONSTRAINT unified_conversations_priority_check CHECK (
    priority IN ('low', 'normal', 'high', 'urgent')
  ),
  CONSTRAINT unified_conversations_unread_count_check CHECK (unread_count >= 0)
);

COMMENT ON TABLE unified_conversations IS
  'A conversation with a contact on a page, and how far it has come.';
COMMENT ON COLUMN unified_conversations.tags IS 'Array of strings.';

CREATE INDEX idx_unified_conversations_tenant_id ON unified_conversations (tenant_id);
CREATE INDEX idx_unified_conversations_contact_id ON unified_conversations (contact_id);
CREATE INDEX idx_unified_conversations_assigned_to ON unified_conversations (assigned_to);
CREATE INDEX idx_unified_conversations_closed_by ON unified_conversations (closed_by);
CREATE INDEX idx_unified_conversations_tenant_id_status_last_message_at_live
  ON unified_conversations (tenant_id, status, last_message_at DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_unified_conversations_assigned_to_status_live
  ON unified_conversations (assigned_to, status)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_unified_conversations_tags
  ON unified_conversations USING gin (tags jsonb_path_ops);

CREATE TRIGGER trg_unified_conversations_updated_at
  BEFORE UPDATE ON unified_conversations
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE unified_messages (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  conversation_id bigint NOT NULL,
  direction text NOT NULL,
  kind text NOT NULL DEFAULT 'text',
  sender_user_id bigint,
  reply_to_id bigint,
  external_id text,
  body text,
  status text NOT NULL DEFAULT 'queued',
  error text,
  payload jsonb NOT NULL DEFAULT '{}',
  sent_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unified_messages_pkey PRIMARY KEY (id),
  CONSTRAINT unified_messages_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_messages_conversation_id_fkey FOREIGN KEY (conversation_id)
    REFERENCES unified_conversations (id) ON DELETE CASCADE,
  CONSTRAINT unified_messages_sender_user_id_fkey FOREIGN KEY (sender_user_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT unified_messages_reply_to_id_fkey FOREIGN KEY (reply_to_id)
    REFERENCES unified_messages (id) ON DELETE SET NULL,
  CONSTRAINT unified_messages_direction_check CHECK (direction IN ('inbound', 'outbound')),
  CONSTRAINT unified_messages_kind_check CHECK (
    kind IN (
      'text', 'image', 'video', 'audio', 'file', 'sticker', 'location', 'template', 'system'
    )
  ),
  CONSTRAINT unified_messages_status_check CHECK (
    status IN ('queued', 'sent', 'delivered', 'read', 'failed', 'received')
  )
);

COMMENT ON TABLE unified_messages IS 'One message of a conversation.';
COMMENT ON COLUMN unified_messages.sender_user_id IS 'NULL for inbound and for automated messages.';
COMMENT ON COLUMN unified_messages.external_id IS
  'NULL until the platform has accepted the message.';
COMMENT ON COLUMN unified_messages.payload IS 'The message as the platform delivered it.';

CREATE INDEX idx_unified_messages_sender_user_id ON unified_messages (sender_user_id);
CREATE INDEX idx_unified_messages_reply_to_id ON unified_messages (reply_to_id);
-- A platform may deliver a message twice.
CREATE UNIQUE INDEX uidx_unified_messages_conversation_id_external_id
  ON unified_messages (conversation_id, external_id)
  WHERE external_id IS NOT NULL;
CREATE INDEX idx_unified_messages_conversation_id_sent_at
  ON unified_messages (conversation_id, sent_at DESC);
CREATE INDEX idx_unified_messages_tenant_id_sent_at ON unified_messages (tenant_id, sent_at DESC);
-- The sender polls for messages that wait.
CREATE INDEX idx_unified_messages_sent_at ON unified_messages (sent_at) WHERE status = 'queued';
CREATE INDEX idx_unified_messages_payload ON unified_messages USING gin (payload jsonb_path_ops);

CREATE TRIGGER trg_unified_messages_updated_at
  BEFORE UPDATE ON unified_messages
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE unified_message_attachments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  message_id bigint NOT NULL,
  kind text NOT NULL,
  storage_path text NOT NULL,
  file_name text,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unified_message_attachments_pkey PRIMARY KEY (id),
  CONSTRAINT unified_message_attachments_tenant_id_storage_path_key UNIQUE (tenant_id, storage_path),
  CONSTRAINT unified_message_attachments_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_attachments_message_id_fkey FOREIGN KEY (message_id)
    REFERENCES unified_messages (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_attachments_kind_check CHECK (
    kind IN ('image', 'video', 'audio', 'file')
  ),
  CONSTRAINT unified_message_attachments_size_bytes_check CHECK (size_bytes >= 0)
);

COMMENT ON TABLE unified_message_attachments IS 'File of a message.';
COMMENT ON COLUMN unified_message_attachments.storage_path IS 'Key in the object store, not a URL.';

CREATE INDEX idx_unified_message_attachments_message_id ON unified_message_attachments (message_id);

CREATE TABLE unified_message_reactions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  message_id bigint NOT NULL,
  contact_id bigint,
  user_id bigint,
  emoji text NOT NULL,
  reacted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unified_message_reactions_pkey PRIMARY KEY (id),
  CONSTRAINT unified_message_reactions_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_reactions_message_id_fkey FOREIGN KEY (message_id)
    REFERENCES unified_messages (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_reactions_contact_id_fkey FOREIGN KEY (contact_id)
    REFERENCES unified_contacts (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_reactions_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT unified_message_reactions_one_author_check CHECK (
    num_nonnulls(contact_id, user_id) = 1
  )
);

COMMENT ON TABLE unified_message_reactions IS 'Reaction to a message, by the contact or by a user.';

CREATE INDEX idx_unified_message_reactions_tenant_id ON unified_message_reactions (tenant_id);
CREATE INDEX idx_unified_message_reactions_message_id ON unified_message_reactions (message_id);
CREATE INDEX idx_unified_message_reactions_contact_id ON unified_message_reactions (contact_id);
CREATE INDEX idx_unified_message_reactions_user_id ON unified_message_reactions (user_id);
CREATE UNIQUE INDEX uidx_unified_message_reactions_message_id_contact_id_emoji
  ON unified_message_reactions (message_id, contact_id, emoji)
  WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX uidx_unified_message_reactions_message_id_user_id_emoji
  ON unified_message_reactions (message_id, user_id, emoji)
  WHERE user_id IS NOT NULL;
