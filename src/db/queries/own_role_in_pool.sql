SELECT pg_catalog.set_config('session_authorization', {user}, false) WHERE session_user <> {user};
SELECT pg_catalog.set_config('role', {role}, false) WHERE pg_catalog.current_setting('role') <> {role}
