-- One primary contact for most accounts, further ones beside it, and an account that has no primary contact yet.

INSERT INTO customer_contacts (
  customer_account_id, contact_name, email, phone, role, is_primary_contact, contact_notes,
  created_at, updated_at, created_by, updated_by
)
SELECT
  a.id, seed.contact_name, seed.email, seed.phone, seed.role, seed.is_primary_contact, seed.contact_notes,
  a.created_at, a.updated_at, a.created_by, a.updated_by
FROM (
  VALUES
    ('Anytown Office Park', 'Priya Raman', 'priya.raman@anytown-offices.example', '+1 555 0100', 'Facility manager',
      true, 'Prefers e-mail.'),
    ('Anytown Office Park', 'Tom Becker', 'tom.becker@anytown-offices.example', '+1 555 0101', 'Accounts payable',
      false, NULL),
    ('Riverside Dental Clinic', 'Dr. Lena Ortiz', 'l.ortiz@riverside-dental.example', '+1 555 0110', 'Owner',
      true, NULL),
    ('Riverside Dental Clinic', 'Mia Chen', NULL, '+1 555 0111', 'Reception', false, 'Has the keys.'),
    ('Nguyen Household', 'Linh Nguyen', 'linh.nguyen@mail.example', '+1 555 0120', 'Home owner', true, NULL),
    ('Harbour Warehouse Group', 'Gus Peterson', 'gus@harbour-warehouse.example', NULL, 'Site lead', false,
      'Who decides is not known.'),
    ('Brooks Family', 'Helen Brooks', NULL, '+1 555 0140', 'Tenant', true, NULL)
) AS seed (company_name, contact_name, email, phone, role, is_primary_contact, contact_notes)
JOIN customer_accounts AS a ON a.company_name = seed.company_name
WHERE NOT EXISTS (
  SELECT
  FROM customer_contacts AS c
  WHERE c.customer_account_id = a.id
    AND (c.contact_name = seed.contact_name OR seed.is_primary_contact AND c.is_primary_contact)
)
ORDER BY a.created_at, a.company_name, seed.contact_name;
