-- Which orders and which campaign came of leads, opportunities and re-engagement: the links that
-- the deferred foreign keys guard.

UPDATE crm_leads AS l
SET order_id = o.id
FROM sys_tenants AS t
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0001'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND l.tenant_id = t.id AND l.lead_number = 'L-0001'
  AND l.order_id IS DISTINCT FROM o.id;

UPDATE crm_potential AS opportunity
SET campaign_id = c.id, converted_to_order_id = o.id
FROM sys_tenants AS t
JOIN mkt_campaigns AS c ON c.tenant_id = t.id AND c.code = 'NEWYEAR-25' AND c.deleted_at IS NULL
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0001'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND opportunity.tenant_id = t.id AND opportunity.title = '50 engraved pens'
  AND (opportunity.campaign_id, opportunity.converted_to_order_id) IS DISTINCT FROM (c.id, o.id);

UPDATE crm_reengage_personal_keys AS member
SET converted_order_id = o.id
FROM sys_tenants AS t
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = 'P-0003'
JOIN crm_reengaged_batches AS b ON b.tenant_id = t.id AND b.code = 'RB-2025-03'
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0002'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND member.batch_id = b.id AND member.personal_key_id = p.id
  AND member.converted_order_id IS DISTINCT FROM o.id;
