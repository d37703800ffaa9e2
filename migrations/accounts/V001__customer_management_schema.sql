-- Customer accounts and their contacts, each row visible and writable to the users who created or last changed
-- the account.

CREATE TABLE customer_accounts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  company_name text NOT NULL,
  customer_type text NOT NULL,
  billing_address jsonb DEFAULT '{}',
  service_address jsonb DEFAULT '{}',
  account_notes text,
  tags text[] DEFAULT '{}',
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  created_by uuid,
  updated_by uuid,
  CONSTRAINT customer_accounts_pkey PRIMARY KEY (id),
  CONSTRAINT customer_accounts_customer_type_check CHECK (customer_type IN ('Residential', 'Commercial')),
  CONSTRAINT customer_accounts_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth.users (id),
  CONSTRAINT customer_accounts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES auth.users (id)
);

COMMENT ON TABLE customer_accounts IS 'Customers: households and companies that services are sold to.';
COMMENT ON COLUMN customer_accounts.company_name IS 'Name of the company, or of the household when residential.';
COMMENT ON COLUMN customer_accounts.billing_address IS
  'Object with the text keys street, city, state, zip and country; {} while unknown.';
COMMENT ON COLUMN customer_accounts.service_address IS
  'Where the service is delivered; the same shape as billing_address.';
COMMENT ON COLUMN customer_accounts.created_by IS 'May read, change and delete the account.';
COMMENT ON COLUMN customer_accounts.updated_by IS 'Last editor; may read and change the account.';

CREATE TABLE customer_contacts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer_account_id bigint NOT NULL,
  contact_name text NOT NULL,
  email text,
  phone text,
  role text,
  is_primary_contact boolean DEFAULT false,
  contact_notes text,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  created_by uuid,
  updated_by uuid,
  CONSTRAINT customer_contacts_pkey PRIMARY KEY (id),
  CONSTRAINT customer_contacts_customer_account_id_fkey FOREIGN KEY (customer_account_id)
    REFERENCES customer_accounts (id) ON DELETE CASCADE,
  CONSTRAINT customer_contacts_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth.users (id),
  CONSTRAINT customer_contacts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES auth.users (id)
);

COMMENT ON TABLE customer_contacts IS 'People to talk to at a customer account.';
COMMENT ON COLUMN customer_contacts.role IS 'What the person is at the customer: owner, tenant, facility manager.';
COMMENT ON COLUMN customer_contacts.is_primary_contact IS 'At most one contact of an account is the primary one.';

CREATE INDEX idx_customer_accounts_company_name ON customer_accounts USING gin (to_tsvector('english', company_name));
CREATE INDEX idx_customer_accounts_customer_type ON customer_accounts (customer_type);
CREATE INDEX idx_customer_accounts_created_at ON customer_accounts (created_at DESC);
CREATE INDEX idx_customer_accounts_tags ON customer_accounts USING gin (tags);
-- Every policy compares these two with the user, so they serve each query and not the foreign keys alone.
CREATE INDEX idx_customer_accounts_created_by ON customer_accounts (created_by);
CREATE INDEX idx_customer_accounts_updated_by ON customer_accounts (updated_by);

CREATE INDEX idx_customer_contacts_account_id ON customer_contacts (customer_account_id);
CREATE INDEX idx_customer_contacts_name ON customer_contacts USING gin (to_tsvector('english', contact_name));
CREATE INDEX idx_customer_contacts_email ON customer_contacts (email);
CREATE UNIQUE INDEX idx_customer_contacts_primary ON customer_contacts (customer_account_id, is_primary_contact)
  WHERE is_primary_contact = true;
CREATE INDEX idx_customer_contacts_created_by ON customer_contacts (created_by);
CREATE INDEX idx_customer_contacts_updated_by ON customer_contacts (updated_by);

COMMENT ON INDEX idx_customer_contacts_primary IS
  'Finds the primary contact of an account, and lets there be only one.';

ALTER TABLE customer_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_contacts ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Users can view their customer accounts" ON customer_accounts
  FOR SELECT USING (auth.uid() = created_by OR auth.uid() = updated_by);

CREATE POLICY "Users can insert customer accounts" ON customer_accounts
  FOR INSERT WITH CHECK (auth.uid() = created_by);

CREATE POLICY "Users can update their customer accounts" ON customer_accounts
  FOR UPDATE USING (auth.uid() = created_by OR auth.uid() = updated_by);

CREATE POLICY "Users can delete their customer accounts" ON customer_accounts
  FOR DELETE USING (auth.uid() = created_by);

CREATE POLICY "Users can view contacts for their customer accounts" ON customer_contacts
  FOR SELECT USING (EXISTS (
    SELECT
    FROM customer_accounts AS a
    WHERE a.id = customer_contacts.customer_account_id
      AND (a.created_by = auth.uid() OR a.updated_by = auth.uid())
  ));

CREATE POLICY "Users can insert contacts for their customer accounts" ON customer_contacts
  FOR INSERT WITH CHECK (EXISTS (
    SELECT
    FROM customer_accounts AS a
    WHERE a.id = customer_contacts.customer_account_id
      AND (a.created_by = auth.uid() OR a.updated_by = auth.uid())
  ));

CREATE POLICY "Users can update contacts for their customer accounts" ON customer_contacts
  FOR UPDATE USING (EXISTS (
    SELECT
    FROM customer_accounts AS a
    WHERE a.id = customer_contacts.customer_account_id
      AND (a.created_by = auth.uid() OR a.updated_by = auth.uid())
  ));

CREATE POLICY "Users can delete contacts for their customer accounts" ON customer_contacts
  FOR DELETE USING (EXISTS (
    SELECT
    FROM customer_accounts AS a
    WHERE a.id = customer_contacts.customer_account_id
      AND (a.created_by = auth.uid() OR a.updated_by = auth.uid())
  ));
