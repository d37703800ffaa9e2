-- The pipeline. The ids are given because the index idx_leads_active names those of the two closed stages.

SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = 'admin@crm.com'), true);

INSERT INTO lead_stages (id, name, description, order_index) VALUES
  (1, 'New', 'Recently added leads', 1),
  (2, 'Contacted', 'Initial contact made', 2),
  (3, 'Qualified', 'Lead meets criteria and is interested', 3),
  (4, 'Proposal', 'Proposal or quote sent', 4),
  (5, 'Negotiation', 'In negotiation phase', 5),
  (6, 'Closed Won', 'Successfully converted to customer', 6),
  (7, 'Closed Lost', 'Opportunity lost', 7)
ON CONFLICT (id) DO NOTHING;

-- Rows that are added later must not be given an id from above.
SELECT setval('lead_stages_id_seq', greatest((SELECT max(id) FROM lead_stages), last_value))
FROM lead_stages_id_seq;
