-- SMS: provider accounts, senders, conversations, messages, attachments, reactions.

CREATE TABLE sms_service_accounts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  provider text NOT NULL,
  credential_name text NOT NULL,
  monthly_limit integer,
  is_active boolean NOT NULL DEFAULT true,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT sms_service_accounts_pkey PRIMARY KEY (id),
  CONSTRAINT sms_service_accounts_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_service_accounts_monthly_limit_check CHECK (monthly_limit > 0)
);

COMMENT ON TABLE sms_service_accounts IS 'Account of a tenant with an SMS provider.';
COMMENT ON COLUMN sms_service_accounts.credential_name IS
  'Name of the secret in the secret store; the secret itself is never kept here.';
COMMENT ON COLUMN sms_service_accounts.monthly_limit IS 'Messages a month; NULL: no limit.';

CREATE INDEX idx_sms_service_accounts_tenant_id ON sms_service_accounts (tenant_id);
CREATE UNIQUE INDEX uidx_sms_service_accounts_tenant_id_code_live
  ON sms_service_accounts (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_sms_service_accounts_settings
  ON sms_service_accounts USING gin (settings jsonb_path_ops);

CREATE TRIGGER trg_sms_service_accounts_updated_at
  BEFORE UPDATE ON sms_service_accounts
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sms_sender_accounts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  service_account_id bigint NOT NULL,
  project_id bigint,
  sender text NOT NULL,
  kind text NOT NULL DEFAULT 'long_code',
  status text NOT NULL DEFAULT 'pending',
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT sms_sender_accounts_pkey PRIMARY KEY (id),
  CONSTRAINT sms_sender_accounts_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_sender_accounts_service_account_id_fkey FOREIGN KEY (service_account_id)
    REFERENCES sms_service_accounts (id) ON DELETE CASCADE,
  CONSTRAINT sms_sender_accounts_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES project (id) ON DELETE SET NULL,
  CONSTRAINT sms_sender_accounts_kind_check CHECK (
    kind IN ('long_code', 'short_code', 'toll_free', 'alphanumeric')
  ),
  CONSTRAINT sms_sender_accounts_status_check CHECK (status IN ('pending', 'active', 'suspended'))
);

COMMENT ON TABLE sms_sender_accounts IS 'Number or name from which messages are sent.';
COMMENT ON COLUMN sms_sender_accounts.project_id IS
  'Project that the sender is reserved for, if any.';
COMMENT ON COLUMN sms_sender_accounts.sender IS
  'Telephone number in E.164 form, short code, or alphanumeric name.';

CREATE INDEX idx_sms_sender_accounts_tenant_id ON sms_sender_accounts (tenant_id);
CREATE INDEX idx_sms_sender_accounts_service_account_id ON sms_sender_accounts (service_account_id);
CREATE INDEX idx_sms_sender_accounts_project_id ON sms_sender_accounts (project_id);
CREATE UNIQUE INDEX uidx_sms_sender_accounts_service_account_id_sender_live
  ON sms_sender_accounts (service_account_id, sender)
  WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uidx_sms_sender_accounts_default ON sms_sender_accounts (tenant_id)
  WHERE is_default AND deleted_at IS NULL;

CREATE TRIGGER trg_sms_sender_accounts_updated_at
  BEFORE UPDATE ON sms_sender_accounts
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sms_conversations (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  sender_account_id bigint NOT NULL,
  customer_id bigint,
  phone_number text NOT NULL,
  status text NOT NULL DEFAULT 'open',
  assigned_to bigint,
  unread_count integer NOT NULL DEFAULT 0,
  last_message_at timestamptz,
  opted_out_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sms_conversations_pkey PRIMARY KEY (id),
  CONSTRAINT sms_conversations_phone_number_key UNIQUE (sender_account_id, phone_number),
  CONSTRAINT sms_conversations_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_conversations_sender_account_id_fkey FOREIGN KEY (sender_account_id)
    REFERENCES sms_sender_accounts (id) ON DELETE CASCADE,
  CONSTRAINT sms_conversations_customer_id_fkey FOREIGN KEY (customer_id)
    REFERENCES crm_customers (id) ON DELETE SET NULL,
  CONSTRAINT sms_conversations_assigned_to_fkey FOREIGN KEY (assigned_to)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT sms_conversations_status_check CHECK (status IN ('open', 'closed', 'opted_out')),
  CONSTRAINT sms_conversations_unread_count_check CHECK (unread_count >= 0)
);

COMMENT ON TABLE sms_conversations IS 'All messages between a sender and a telephone number.';
COMMENT ON COLUMN sms_conversations.customer_id IS 'NULL while the number is not known.';
COMMENT ON COLUMN sms_conversations.phone_number IS 'E.164 form.';

CREATE INDEX idx_sms_conversations_customer_id ON sms_conversations (customer_id);
CREATE INDEX idx_sms_conversations_assigned_to ON sms_conversations (assigned_to);
CREATE INDEX idx_sms_conversations_tenant_id_status_last_message_at
  ON sms_conversations (tenant_id, status, last_message_at DESC);
CREATE INDEX idx_sms_conversations_tenant_id_phone_number
  ON sms_conversations (tenant_id, phone_number);

CREATE TRIGGER trg_sms_conversations_updated_at
  BEFORE UPDATE ON sms_conversations
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sms_messages (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  conversation_id bigint NOT NULL,
  campaign_id bigint,
  project_id bigint,
  sender_user_id bigint,
  direction text NOT NULL,
  body text NOT NULL,
  segments smallint NOT NULL DEFAULT 1,
  status text NOT NULL DEFAULT 'queued',
  provider_message_id text,
  error_code text,
  error_message text,
  cost_amount numeric(10,4) NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT 'USD',
  provider_data jsonb NOT NULL DEFAULT '{}',
  scheduled_at timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sms_messages_pkey PRIMARY KEY (id),
  CONSTRAINT sms_messages_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_messages_conversation_id_fkey FOREIGN KEY (conversation_id)
    REFERENCES sms_conversations (id) ON DELETE CASCADE,
  CONSTRAINT sms_messages_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES mkt_campaigns (id) ON DELETE SET NULL,
  CONSTRAINT sms_messages_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES project (id) ON DELETE SET NULL,
  CONSTRAINT sms_messages_sender_user_id_fkey FOREIGN KEY (sender_user_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT sms_messages_direction_check CHECK (direction IN ('inbound', 'outbound')),
  CONSTRAINT sms_messages_segments_check CHECK (segments > 0),
  CONSTRAINT sms_messages_status_check CHECK (
    status IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'received')
  ),
  CONSTRAINT sms_messages_cost_amount_check CHECK (cost_amount >= 0),
  CONSTRAINT sms_messages_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

COMMENT ON TABLE sms_messages IS 'One SMS, sent or received.';
COMMENT ON COLUMN sms_messages.sender_user_id IS 'NULL for inbound and for automated messages.';
COMMENT ON COLUMN sms_messages.provider_message_id IS
  'NULL until the provider has accepted the message.';

CREATE INDEX idx_sms_messages_campaign_id ON sms_messages (campaign_id);
CREATE INDEX idx_sms_messages_project_id ON sms_messages (project_id);
CREATE INDEX idx_sms_messages_sender_user_id ON sms_messages (sender_user_id);
-- A provider may deliver a message twice.
CREATE UNIQUE INDEX uidx_sms_messages_conversation_id_provider_message_id
  ON sms_messages (conversation_id, provider_message_id)
  WHERE provider_message_id IS NOT NULL;
CREATE INDEX idx_sms_messages_conversation_id_created_at
  ON sms_messages (conversation_id, created_at DESC);
CREATE INDEX idx_sms_messages_tenant_id_status_created_at
  ON sms_messages (tenant_id, status, created_at DESC);
-- The sender polls for messages that are due.
CREATE INDEX idx_sms_messages_scheduled_at ON sms_messages (scheduled_at) WHERE status = 'queued';
CREATE INDEX idx_sms_messages_provider_data
  ON sms_messages USING gin (provider_data jsonb_path_ops);

CREATE TRIGGER trg_sms_messages_updated_at
  BEFORE UPDATE ON sms_messages
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sms_attachments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  message_id bigint NOT NULL,
  storage_path text NOT NULL,
  file_name text,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sms_attachments_pkey PRIMARY KEY (id),
  CONSTRAINT sms_attachments_tenant_id_storage_path_key UNIQUE (tenant_id, storage_path),
  CONSTRAINT sms_attachments_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_attachments_message_id_fkey FOREIGN KEY (message_id)
    REFERENCES sms_messages (id) ON DELETE CASCADE,
  CONSTRAINT sms_attachments_size_bytes_check CHECK (size_bytes >= 0)
);

COMMENT ON TABLE sms_attachments IS 'File of a message (MMS).';
COMMENT ON COLUMN sms_attachments.storage_path IS 'Key in the object store, not a URL.';

CREATE INDEX idx_sms_attachments_message_id ON sms_attachments (message_id);

CREATE TABLE sms_reactions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  message_id bigint NOT NULL,
  user_id bigint,
  emoji text NOT NULL,
  reacted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sms_reactions_pkey PRIMARY KEY (id),
  CONSTRAINT sms_reactions_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sms_reactions_message_id_fkey FOREIGN KEY (message_id)
    REFERENCES sms_messages (id) ON DELETE CASCADE,
  CONSTRAINT sms_reactions_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE
);

COMMENT ON TABLE sms_reactions IS
  'Reaction to a message: of a user, or of the customer when user_id is NULL.';

CREATE INDEX idx_sms_reactions_tenant_id ON sms_reactions (tenant_id);
CREATE INDEX idx_sms_reactions_message_id ON sms_reactions (message_id);
CREATE INDEX idx_sms_reactions_user_id ON sms_reactions (user_id);
CREATE UNIQUE INDEX uidx_sms_reactions_message_id_emoji ON sms_reactions (message_id, emoji)
  WHERE user_id IS NULL;
CREATE UNIQUE INDEX uidx_sms_reactions_message_id_user_id_emoji
  ON sms_reactions (message_id, user_id, emoji)
  WHERE user_id IS NOT NULL;
