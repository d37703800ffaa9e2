-- Three tickets of different status and priority.

INSERT INTO tickets (
  id, organization_id, ticket_number, customer_id, assigned_representative_id, created_by, subject,
  description, status, priority, category, tags, due_at, first_response_at, resolved_at, closed_at,
  created_at
) VALUES
  (
    '0e000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000001', 'TICKET-1001',
    '0b000000-0000-4000-8000-000000000006', '0c000000-0000-4000-8000-000000000002',
    '0b000000-0000-4000-8000-000000000006',
    'Hubs lose their connection after the update',
    'Since firmware 4.2 all twelve hubs of our office drop off the network every few hours.',
    'OPEN', 'HIGH', 'TECHNICAL_ISSUE', '["firmware-4.2", "network"]',
    '2025-03-11T14:00:00Z', '2025-03-10T14:12:00Z', NULL, NULL, '2025-03-10T14:00:00Z'
  ),
  (
    '0e000000-0000-4000-8000-000000000002', '0a000000-0000-4000-8000-000000000001', 'TICKET-1002',
    '0b000000-0000-4000-8000-000000000005', '0c000000-0000-4000-8000-000000000003',
    '0b000000-0000-4000-8000-000000000004',
    'Charged twice for one order',
    'Order SO-20871 appears twice on the card statement. Opened by phone.',
    'IN_PROGRESS', 'MEDIUM', 'BILLING', '["duplicate-charge"]',
    '2025-03-12T18:20:00Z', '2025-03-09T18:25:00Z', NULL, NULL, '2025-03-09T18:20:00Z'
  ),
  (
    '0e000000-0000-4000-8000-000000000003', '0a000000-0000-4000-8000-000000000001', 'TICKET-1003',
    '0b000000-0000-4000-8000-000000000007', '0c000000-0000-4000-8000-000000000003',
    '0b000000-0000-4000-8000-000000000007',
    'Parcel came three weeks late',
    'The lamp was a birthday present and arrived long after the day. I want my money back.',
    'CLOSED', 'LOW', 'REFUND_REQUEST', '["delivery"]',
    '2025-02-25T10:00:00Z', '2025-02-22T12:30:00Z', '2025-02-26T16:00:00Z',
    '2025-02-27T11:15:00Z', '2025-02-22T10:00:00Z'
  )
ON CONFLICT (id) DO NOTHING;
