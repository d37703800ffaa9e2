# The two commands of the README: `make up` and `make test`.

CRMDB = target/release/crmdb

# Half of what the tests do is to wait for servers and processes.
export RUST_TEST_THREADS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

.PHONY: up test build postgres bench

up: postgres build
	$(CRMDB) migrate up
	$(CRMDB) seed --quiet
	$(CRMDB) status

test: postgres
	cargo test --locked

build:
	cargo build --locked --release

postgres:
	@scripts/postgres

bench: postgres build
	cargo bench --locked
	benches/compare.sh
