-- Three AI agents and four decision rules.

INSERT INTO agent_configurations (
  id, organization_id, name, type, status, description, model, system_prompt, thresholds,
  data_sources, created_by, last_run_at
) VALUES
  (
    '1a000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000001',
    'Front desk', 'CUSTOMER_SERVICE', 'ACTIVE', 'Answers first and hands over when unsure.',
    'example-model-large', 'You are the support desk of Acme Corp. Be brief and kind.',
    '{"minConfidence": 0.82, "maxTurns": 8}', '["help-center", "orders", "tickets"]',
    '0b000000-0000-4000-8000-000000000001', '2025-03-10T15:24:00Z'
  ),
  (
    '1a000000-0000-4000-8000-000000000002', '0a000000-0000-4000-8000-000000000001',
    'Refund clerk', 'REFUND_PROCESSING', 'ACTIVE', 'Checks refund requests against the rules.',
    'example-model-small', NULL,
    '{"autoApproveLimit": 50, "fraudScore": 0.3}', '["orders", "payments"]',
    '0b000000-0000-4000-8000-000000000001', '2025-03-10T09:02:00Z'
  ),
  (
    '1a000000-0000-4000-8000-000000000003', '0a000000-0000-4000-8000-000000000001',
    'Triage', 'TICKET_TRIAGE', 'TRAINING', 'Learns to set category and priority.',
    'example-model-small', NULL,
    '{"minConfidence": 0.9}', '["tickets"]',
    '0b000000-0000-4000-8000-000000000002', NULL
  )
ON CONFLICT (id) DO NOTHING;

INSERT INTO decision_rules (
  id, organization_id, agent_configuration_id, applies_to_all_agents, name, description, action,
  conditions, priority, is_active, created_by
) VALUES
  (
    '1b000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000001',
    '1a000000-0000-4000-8000-000000000002', false, 'Small refunds',
    'Up to 50 dollars for customers in good standing, without a human.',
    'AUTO_APPROVE', '{"amount": {"lte": 50}, "standing": ["GOOD"]}', 10, true,
    '0b000000-0000-4000-8000-000000000001'
  ),
  (
    '1b000000-0000-4000-8000-000000000002', '0a000000-0000-4000-8000-000000000001',
    '1a000000-0000-4000-8000-000000000002', false, 'Large refunds',
    'An administrator decides above 500 dollars.',
    'REQUIRE_APPROVAL', '{"amount": {"gt": 500}}', 20, true,
    '0b000000-0000-4000-8000-000000000001'
  ),
  (
    '1b000000-0000-4000-8000-000000000003', '0a000000-0000-4000-8000-000000000001',
    '1a000000-0000-4000-8000-000000000001', false, 'Unhappy enterprise customers',
    'A team lead takes over at once.',
    'ESCALATE', '{"tier": ["ENTERPRISE"], "sentiment": {"lt": -0.4}}', 5, true,
    '0b000000-0000-4000-8000-000000000002'
  ),
  (
    '1b000000-0000-4000-8000-000000000004', '0a000000-0000-4000-8000-000000000001',
    NULL, true, 'Suspended accounts',
    'No refund is granted while an account is suspended.',
    'AUTO_REJECT', '{"standing": ["SUSPENDED"], "kind": "REFUND"}', 1, false,
    '0b000000-0000-4000-8000-000000000001'
  )
ON CONFLICT (id) DO NOTHING;
