//! How fast a large file is split into statements, and how fast its statements are asked what they mean.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crmdb::sql::{meaning, statements};

const SIZE: usize = 5_000_000;

/// Tables, indexes, comments and functions as a schema file has them.
fn ddl() -> String {
    let mut text = String::with_capacity(SIZE + 2_000);
    for number in 0.. {
        if text.len() >= SIZE {
            break;
        }
        write!(
            text,
            "-- Table {number}: what a lead is before it is a customer; it's kept for a year.\n\
             CREATE TABLE sales.leads_{number} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
             name text NOT NULL CHECK (name <> ''),\n    amount numeric(12,2) DEFAULT 0.00 NOT NULL,\n    \
             created_at timestamptz DEFAULT now() NOT NULL\n);\n\
             COMMENT ON TABLE sales.leads_{number} IS 'A lead; not yet a customer';\n\
             CREATE INDEX CONCURRENTLY idx_leads_{number}_amount ON sales.leads_{number} (amount);\n\
             CREATE FUNCTION sales.touch_{number}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    \
             NEW.created_at := now();\n    RETURN NEW;\nEND;\n$$;\n\n",
        )
        .expect("a String takes all");
    }
    text
}

/// One INSERT a line, as `pg_dump --inserts` writes them.
fn inserts() -> String {
    let mut text = String::with_capacity(SIZE + 200);
    for number in 0.. {
        if text.len() >= SIZE {
            break;
        }
        writeln!(
            text,
            "INSERT INTO sales.leads VALUES ({number}, 'O''Brien & Söhne', {number}.50, '2026-11-21 01:00:00+00');"
        )
        .expect("a String takes all");
    }
    text
}

fn split(criterion: &mut Criterion) {
    for (name, text) in [("ddl", ddl()), ("inserts", inserts())] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
        group.bench_function("split", |bencher| {
            bencher.iter(|| {
                statements(black_box(&text))
                    .map(|statement| statement.expect("it is SQL").text.len())
                    .sum::<usize>()
            });
        });
        group.bench_function("split and ask", |bencher| {
            bencher.iter(|| {
                for statement in statements(black_box(&text)) {
                    let sql = statement.expect("it is SQL").text;
                    black_box((
                        meaning::control(sql),
                        meaning::refusal(sql),
                        meaning::effect(sql),
                        meaning::change(sql),
                    ));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, split);
criterion_main!(benches);
