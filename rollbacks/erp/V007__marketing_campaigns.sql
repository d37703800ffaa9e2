-- Takes back V007__marketing_campaigns: every object it made, dependants first.

DROP TABLE mkt_utm_links;
DROP TABLE mkt_brand_settings;
DROP TABLE mkt_assets;
DROP TABLE mkt_promotion_products;
DROP TABLE mkt_promotions;
DROP TABLE mkt_campaign_pages;
DROP TABLE mkt_campaigns;
