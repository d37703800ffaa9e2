-- The ERP: 80 tables of eleven domains, with the five deferred foreign keys added. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- 28 tables that the document names, 52 for the areas of 005 to 011.
-- expect: 80
SELECT count(*)::text
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p');

-- The tables that the document names.
-- expect: channels_platform_pages, channels_platforms, crm_customers, crm_leads, crm_personal_addresses, crm_personal_contacts, crm_personal_journey, crm_personal_keys, crm_personal_profile, crm_potential, crm_reengage_batches_stats, crm_reengage_personal_keys, crm_reengaged_batches, order_images, order_item_customization, order_item_pre_orders, order_items, order_items_after_sales, order_meta_crm, order_payments, orders, orders_meta, sys_permissions, sys_role_permissions, sys_roles, sys_tenants, sys_user_roles, sys_users
SELECT string_agg(relname, ', ' ORDER BY relname)
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname ~ '^(sys_(tenants|users|roles|permissions|role_permissions|user_roles)$|channels_|crm_|order)';

-- The tables of 005 to 011.
-- expect: alert_rules, alerts, human_action_logs, inventory_locations, inventory_movements, inventory_stock, materials, mkt_assets, mkt_brand_settings, mkt_campaign_pages, mkt_campaigns, mkt_promotion_products, mkt_promotions, mkt_utm_links, notes, performance_criteria, performance_evaluation_scores, performance_evaluations, product, product_attribute_values, product_attributes, product_bom_items, product_boms, product_categories, product_tag_links, product_tags, product_variants, project, project_members, project_milestones, schedule_shifts, shift_reports, sms_attachments, sms_conversations, sms_messages, sms_reactions, sms_sender_accounts, sms_service_accounts, system_logs, task_activity_logs, task_attachments, task_comments, task_dependencies, tasks, time_off_requests, unified_contact_identities, unified_contacts, unified_conversations, unified_message_attachments, unified_message_reactions, unified_messages, webhook_logs
SELECT string_agg(relname, ', ' ORDER BY relname)
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname !~ '^(sys_(tenants|users|roles|permissions|role_permissions|user_roles)$|channels_|crm_|order)';

-- What each migration depends on, by the foreign keys of its tables: exactly what the document says. The deferred keys are left out.
-- expect: V002 on sys_tenants, V003 on sys_tenants sys_users, V004 on channels_platform_pages crm_customers crm_personal_addresses sys_tenants sys_users, V005 on sys_tenants sys_users, V006 on sys_tenants sys_users, V007 on channels_platform_pages product sys_tenants sys_users, V008 on channels_platform_pages sys_tenants sys_users, V009 on crm_customers mkt_campaigns project sys_tenants sys_users, V010 on sys_tenants sys_users, V011 on sys_tenants sys_users
WITH migration (version, tables) AS (
  VALUES
    ('V001', '{sys_tenants,sys_users,sys_roles,sys_permissions,sys_role_permissions,sys_user_roles}'::text[]),
    ('V002', '{channels_platforms,channels_platform_pages}'::text[]),
    ('V003', '{crm_personal_keys,crm_personal_contacts,crm_personal_addresses,crm_personal_profile,crm_personal_journey,crm_leads,crm_customers,crm_potential,crm_reengaged_batches,crm_reengage_personal_keys,crm_reengage_batches_stats}'::text[]),
    ('V004', '{orders,order_items,order_items_after_sales,order_item_pre_orders,order_item_customization,orders_meta,order_meta_crm,order_images,order_payments}'::text[]),
    ('V005', '{product_categories,product,product_variants,product_attributes,product_attribute_values,product_tags,product_tag_links,materials,product_boms,product_bom_items,inventory_locations,inventory_stock,inventory_movements}'::text[]),
    ('V006', '{project,project_members,project_milestones,tasks,task_dependencies,task_comments,task_attachments,task_activity_logs}'::text[]),
    ('V007', '{mkt_campaigns,mkt_campaign_pages,mkt_promotions,mkt_promotion_products,mkt_assets,mkt_brand_settings,mkt_utm_links}'::text[]),
    ('V008', '{unified_contacts,unified_contact_identities,unified_conversations,unified_messages,unified_message_attachments,unified_message_reactions}'::text[]),
    ('V009', '{sms_service_accounts,sms_sender_accounts,sms_conversations,sms_messages,sms_attachments,sms_reactions}'::text[]),
    ('V010', '{performance_criteria,performance_evaluations,performance_evaluation_scores,schedule_shifts,time_off_requests,shift_reports}'::text[]),
    ('V011', '{system_logs,human_action_logs,webhook_logs,alert_rules,alerts,notes}'::text[])
), dependency AS (
  SELECT DISTINCT m.version, r.relname
  FROM migration AS m
  CROSS JOIN LATERAL unnest(m.tables) AS own (name)
  JOIN pg_class AS c ON c.relname = own.name AND c.relnamespace = current_schema()::regnamespace
  JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f'
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
  JOIN pg_class AS r ON r.oid = k.confrelid AND r.relnamespace = c.relnamespace
  WHERE r.relname <> ALL (m.tables)
    AND (c.relname, a.attname) NOT IN (
      ('order_items', 'product_id'), ('crm_leads', 'order_id'), ('crm_potential', 'campaign_id'),
      ('crm_potential', 'converted_to_order_id'), ('crm_reengage_personal_keys', 'converted_order_id')
    )
)
SELECT string_agg(version || ' on ' || tables, ', ' ORDER BY version)
FROM (SELECT version, string_agg(relname, ' ' ORDER BY relname) AS tables FROM dependency GROUP BY version) AS d;

-- The five deferred foreign keys, added and validated, each with an index that leads with its column.
-- expect: crm_leads.order_id -> orders.id on delete set null, crm_potential.campaign_id -> mkt_campaigns.id on delete set null, crm_potential.converted_to_order_id -> orders.id on delete set null, crm_reengage_personal_keys.converted_order_id -> orders.id on delete set null, order_items.product_id -> product.id on delete set null
SELECT string_agg(
  c.relname || '.' || a.attname || ' -> ' || r.relname || '.' || ra.attname
    || CASE k.confdeltype WHEN 'n' THEN ' on delete set null' ELSE ' ' || k.confdeltype::text END
    || CASE WHEN k.convalidated THEN '' ELSE ' not valid' END,
  ', ' ORDER BY c.relname, a.attname)
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_class AS r ON r.oid = k.confrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute AS ra ON ra.attrelid = k.confrelid AND ra.attnum = k.confkey[1]
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f'
  AND (c.relname, a.attname) IN (
    ('order_items', 'product_id'), ('crm_leads', 'order_id'), ('crm_potential', 'campaign_id'),
    ('crm_potential', 'converted_to_order_id'), ('crm_reengage_personal_keys', 'converted_order_id')
  )
  AND EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indpred IS NULL AND i.indisvalid);

-- References to Supabase Auth: of tenants and of users, no other.
-- expect: sys_tenants.owner_auth_id -> auth.users.id on delete set null, sys_users.auth_user_id -> auth.users.id on delete set null
SELECT string_agg(
  c.relname || '.' || a.attname || ' -> ' || n.nspname || '.' || r.relname || '.' || ra.attname
    || CASE k.confdeltype WHEN 'n' THEN ' on delete set null' ELSE ' ' || k.confdeltype::text END,
  ', ' ORDER BY c.relname)
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_class AS r ON r.oid = k.confrelid
JOIN pg_namespace AS n ON n.oid = r.relnamespace
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute AS ra ON ra.attrelid = k.confrelid AND ra.attnum = k.confkey[1]
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f' AND r.relnamespace <> c.relnamespace;

-- Foreign keys by action, the deferred ones left out.
-- expect: cascade 143, no action 11, set null 77
SELECT string_agg(action || ' ' || n, ', ' ORDER BY action)
FROM (
  SELECT CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'a' THEN 'no action' ELSE 'other' END AS action, count(*) AS n
  FROM pg_constraint AS k
  JOIN pg_class AS c ON c.oid = k.conrelid
  JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f' AND k.convalidated
    AND (c.relname, a.attname) NOT IN (
      ('order_items', 'product_id'), ('crm_leads', 'order_id'), ('crm_potential', 'campaign_id'),
      ('crm_potential', 'converted_to_order_id'), ('crm_reengage_personal_keys', 'converted_order_id')
    )
  GROUP BY 1
) AS k;

-- Keys that refuse the deletion of what they refer to.
-- expect: crm_customers_personal_key_id_fkey, inventory_movements_stock_id_fkey, inventory_stock_location_id_fkey, inventory_stock_material_id_fkey, inventory_stock_product_id_fkey, inventory_stock_variant_id_fkey, order_payments_order_id_fkey, orders_customer_id_fkey, performance_evaluation_scores_criterion_id_fkey, product_bom_items_material_id_fkey, product_categories_parent_id_fkey
SELECT string_agg(conname, ', ' ORDER BY conname)
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype = 'f' AND confdeltype = 'a';

-- The 1:1 tables: their primary key is the foreign key.
-- expect: crm_personal_profile.personal_key_id integer, order_meta_crm.order_id bigint, orders_meta.order_id bigint
SELECT string_agg(c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY c.relname)
FROM pg_constraint AS p
JOIN pg_constraint AS f ON f.conrelid = p.conrelid AND f.contype = 'f' AND f.conkey = p.conkey
JOIN pg_class AS c ON c.oid = p.conrelid
JOIN pg_attribute AS a ON a.attrelid = p.conrelid AND a.attnum = p.conkey[1]
WHERE p.connamespace = current_schema()::regnamespace AND p.contype = 'p';

-- Foreign keys without an index that leads with their columns.
-- expect: none
SELECT coalesce(string_agg(k.conname, ', ' ORDER BY k.conname), 'none')
FROM pg_constraint AS k
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f'
  AND NOT EXISTS (
    SELECT
    FROM pg_index AS i
    WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indisvalid
      AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
  );

-- Secondary indexes: those that back neither a primary key nor a unique constraint, by access method, and how many are partial.
-- expect: brin 3, btree 282, gin 38, partial 77, unique 36, valid 323
SELECT string_agg(amname || ' ' || n, ', ' ORDER BY amname) || ', partial ' || sum(partial) || ', unique ' || sum(uniq) || ', valid ' || sum(valid)
FROM (
  SELECT am.amname, count(*) AS n, count(i.indpred) AS partial, count(*) FILTER (WHERE i.indisunique) AS uniq, count(*) FILTER (WHERE i.indisvalid) AS valid
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS am ON am.oid = c.relam
  WHERE c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  GROUP BY am.amname
) AS m;

-- Tables whose rows are soft-deleted; each has an index of the rows that are left.
-- expect: alert_rules, channels_platform_pages, channels_platforms, crm_customers, crm_leads, crm_personal_addresses, crm_personal_contacts, crm_personal_keys, crm_potential, inventory_locations, materials, mkt_assets, mkt_campaigns, mkt_promotions, notes, order_images, orders, performance_evaluations, product, product_categories, product_variants, project, schedule_shifts, sms_sender_accounts, sms_service_accounts, sys_tenants, sys_users, task_attachments, task_comments, tasks, time_off_requests, unified_contacts, unified_conversations
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'deleted_at'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND EXISTS (
    SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND pg_get_expr(i.indpred, i.indrelid) = '(deleted_at IS NULL)'
  );

-- Soft-deleted tables without such an index.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'deleted_at'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (
    SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND pg_get_expr(i.indpred, i.indrelid) = '(deleted_at IS NULL)'
  );

-- JSONB columns, and how many of them have a GIN index.
-- expect: 38 columns, 38 with a GIN index
SELECT count(*) || ' columns, ' || count(*) FILTER (
    WHERE EXISTS (
      SELECT
      FROM pg_index AS i
      JOIN pg_class AS x ON x.oid = i.indexrelid
      JOIN pg_am AS am ON am.oid = x.relam AND am.amname = 'gin'
      WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid
    )
  ) || ' with a GIN index'
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'jsonb'::regtype
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- The one function of the module.
-- expect: update_updated_at_column
SELECT string_agg(proname, ', ' ORDER BY proname)
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace;

-- Tables with updated_at that have the trigger which stamps it, before each updated row.
-- expect: 60 of 60
SELECT count(t.oid) || ' of ' || count(*)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'updated_at' AND NOT a.attisdropped
LEFT JOIN pg_trigger AS t
  ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgtype = 19
  AND t.tgfoid = 'update_updated_at_column()'::regprocedure
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- Identity columns that are not BIGINT GENERATED ALWAYS.
-- expect: crm_personal_keys.id integer d
SELECT string_agg(c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attidentity::text, ', ' ORDER BY c.relname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attidentity <> ''
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT (a.atttypid = 'bigint'::regtype AND a.attidentity = 'a');

-- Columns named id that are not identity columns.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'id' AND a.attidentity = ''
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- Types of tenant_id.
-- expect: bigint
SELECT string_agg(DISTINCT format_type(a.atttypid, a.atttypmod), ', ')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- Tables without tenant_id: the tenants, the global catalog, and its bridge to roles, which have one.
-- expect: sys_permissions, sys_role_permissions, sys_tenants
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_class AS c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id');

-- Tables whose tenant_id is no foreign key to sys_tenants that cascades: this one has it in the key to the role.
-- expect: sys_user_roles
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (
    SELECT
    FROM pg_constraint AS k
    WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] AND k.confdeltype = 'c'
      AND k.confrelid = 'sys_tenants'::regclass
  );

-- A role of another tenant cannot be assigned.
-- expect: FOREIGN KEY (tenant_id, role_id) REFERENCES sys_roles(tenant_id, id) ON DELETE CASCADE
SELECT pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = 'sys_user_roles'::regclass AND conname = 'sys_user_roles_tenant_id_role_id_fkey';

-- Columns that hold a time without its zone.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attnum), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND a.atttypid IN ('timestamp'::regtype, 'time'::regtype);

-- Types of money columns.
-- expect: numeric
SELECT string_agg(DISTINCT format_type(a.atttypid, NULL), ', ')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND a.attname ~ '(_amount|_price|_cost|_total|^amount|^revenue|^credit_limit)$';

-- Money of no declared precision, and floating point anywhere.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attnum), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND (a.atttypid IN ('real'::regtype, 'double precision'::regtype, 'money'::regtype) OR a.atttypid = 'numeric'::regtype AND a.atttypmod = -1);

-- Keys to persons that are wider or narrower than the INTEGER they refer to.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname), 'none')
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND k.confrelid = 'crm_personal_keys'::regclass AND a.atttypid <> 'integer'::regtype;

-- How many check constraints there are, and how many of them list the values of a column.
-- expect: 174 checks, 69 lists of values
SELECT count(*) || ' checks, ' || count(*) FILTER (WHERE pg_get_constraintdef(oid) ~ 'ANY \(') || ' lists of values'
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype = 'c';

-- Columns named status without a list of values.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'status'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (
    SELECT
    FROM pg_constraint AS k
    WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum] AND pg_get_constraintdef(k.oid) ~ 'ANY \('
  );

-- Unique constraints.
-- expect: crm_customers_tenant_id_customer_code_key, crm_leads_tenant_id_lead_number_key, crm_personal_keys_tenant_id_person_code_key, crm_reengage_batches_stats_batch_id_stat_date_key, crm_reengage_personal_keys_member_key, crm_reengaged_batches_tenant_id_code_key, mkt_assets_tenant_id_storage_path_key, mkt_brand_settings_tenant_id_code_key, mkt_utm_links_tenant_id_short_code_key, order_images_tenant_id_storage_path_key, order_item_pre_orders_order_item_id_key, order_items_after_sales_tenant_id_case_number_key, order_items_order_id_line_no_key, order_payments_tenant_id_payment_number_key, orders_tenant_id_order_number_key, performance_criteria_tenant_id_code_key, performance_evaluation_scores_criterion_key, product_attributes_tenant_id_code_key, product_bom_items_bom_id_material_id_key, product_boms_product_id_version_key, product_tags_tenant_id_name_key, project_milestones_project_id_name_key, shift_reports_shift_id_key, sms_attachments_tenant_id_storage_path_key, sms_conversations_phone_number_key, sys_permissions_area_action_key, sys_permissions_code_key, sys_roles_tenant_id_code_key, sys_roles_tenant_id_id_key, sys_users_auth_user_id_tenant_id_key, task_attachments_tenant_id_storage_path_key, tasks_tenant_id_task_number_key, unified_contact_identities_external_id_key, unified_conversations_external_id_key, unified_message_attachments_tenant_id_storage_path_key
SELECT string_agg(conname, ', ' ORDER BY conname)
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype = 'u';

-- Unique indexes that hold for part of the rows.
-- expect: uidx_alert_rules_tenant_id_code_live, uidx_channels_platform_pages_platform_id_external_id_live, uidx_channels_platforms_tenant_id_code_live, uidx_crm_customers_personal_key_id_live, uidx_crm_personal_addresses_default, uidx_crm_personal_contacts_personal_key_id_kind_value_live, uidx_crm_personal_contacts_primary, uidx_inventory_locations_tenant_id_code_live, uidx_inventory_stock_location_id_material_id, uidx_inventory_stock_location_id_product_id, uidx_inventory_stock_location_id_variant_id, uidx_materials_tenant_id_code_live, uidx_mkt_brand_settings_default, uidx_mkt_campaigns_tenant_id_code_live, uidx_mkt_promotions_tenant_id_upper_code_live, uidx_performance_evaluations_period, uidx_product_attribute_values_product_id_attribute_id, uidx_product_attribute_values_variant_id_attribute_id, uidx_product_boms_active, uidx_product_boms_active_variant, uidx_product_categories_tenant_id_code_live, uidx_product_tenant_id_sku_live, uidx_product_variants_tenant_id_barcode, uidx_product_variants_tenant_id_sku_live, uidx_project_tenant_id_code_live, uidx_sms_messages_conversation_id_provider_message_id, uidx_sms_reactions_message_id_emoji, uidx_sms_reactions_message_id_user_id_emoji, uidx_sms_sender_accounts_default, uidx_sms_sender_accounts_service_account_id_sender_live, uidx_sms_service_accounts_tenant_id_code_live, uidx_sys_tenants_slug_live, uidx_sys_users_tenant_id_lower_email_live, uidx_unified_message_reactions_message_id_contact_id_emoji, uidx_unified_message_reactions_message_id_user_id_emoji, uidx_unified_messages_conversation_id_external_id
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indpred IS NOT NULL;

-- Tables without a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname), 'none')
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND obj_description(oid, 'pg_class') IS NULL;
