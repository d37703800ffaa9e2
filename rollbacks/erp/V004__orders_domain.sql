-- Takes back V004__orders_domain: every object it made, dependants first.

DROP TABLE order_payments;
DROP TABLE order_images;
DROP TABLE order_meta_crm;
DROP TABLE orders_meta;
DROP TABLE order_item_customization;
DROP TABLE order_item_pre_orders;
DROP TABLE order_items_after_sales;
DROP TABLE order_items;
DROP TABLE orders;
