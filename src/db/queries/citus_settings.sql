SET LOCAL citus.multi_shard_modify_mode TO 'sequential'; SET LOCAL citus.propagate_set_commands TO 'local'
