-- since 15
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, disable_on_error = true);
CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, two_phase = true);
CREATE SUBSCRIPTION u CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, two_phase = true, disable_on_error = true);
