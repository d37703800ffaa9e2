-- Takes back V002__channels_platforms: every object it made, dependants first.

DROP TABLE channels_platform_pages;
DROP TABLE channels_platforms;
