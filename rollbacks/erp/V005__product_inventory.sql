-- Takes back V005__product_inventory: every object it made, dependants first.

DROP TABLE inventory_movements;
DROP TABLE inventory_stock;
DROP TABLE inventory_locations;
DROP TABLE product_bom_items;
DROP TABLE product_boms;
DROP TABLE materials;
DROP TABLE product_tag_links;
DROP TABLE product_tags;
DROP TABLE product_attribute_values;
DROP TABLE product_attributes;
DROP TABLE product_variants;
DROP TABLE product;
DROP TABLE product_categories;
