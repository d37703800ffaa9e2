//! Made-up values within the limits of their columns.

use super::*;
use crate::model::seed::table::tests::column;

fn numeric(precision: i32, scale: i32) -> Column {
    Column { base: "numeric".to_owned(), modifier: ((precision << 16) | scale) + 4, ..column("share") }
}

#[test]
fn numbers_fit_their_type_and_bounds() {
    let mut random = Rng::with_seed(7);
    let bound = |min, max, above_min| Domain { min, max, above_min, ..Domain::default() };
    for (column, domain, least, greatest) in [
        (numeric(3, 2), Domain::default(), 0.0, 9.99),
        (numeric(5, 2), bound(Some(0.0), Some(1.0), true), 0.01, 1.0),
        (
            Column { base: "int2".to_owned(), ..column("port") },
            bound(Some(30_000.0), None, false),
            30_000.0,
            32_000.0,
        ),
        (Column { base: "int4".to_owned(), ..column("n") }, bound(Some(0.0), None, true), 1.0, 10_001.0),
    ] {
        let sampler = Sampler::new("t", &column, &domain).unwrap();
        for _ in 0..200 {
            let number = sampler.sample(None, &mut random).as_number().unwrap();
            assert!((least..=greatest).contains(&number), "{number} of {}", column.base);
        }
    }
}

#[test]
fn texts_keep_their_number_within_the_width() {
    let mut random = Rng::with_seed(7);
    let short = Column { base: "varchar".to_owned(), modifier: 4 + 6, ..column("name") };
    let sampler = Sampler::new("users", &short, &Domain::default()).unwrap();
    let texts: std::collections::BTreeSet<_> =
        (0..5000).map(|number| sampler.sample(Some(number), &mut random).text().unwrap()).collect();
    assert_eq!(texts.len(), 5000);
    assert!(texts.iter().all(|text| text.chars().count() <= 6));
}

#[test]
fn numbers_that_must_differ_count_and_then_take_any_room() {
    let mut random = Rng::with_seed(7);
    let column = Column { base: "int4".to_owned(), ..column("position") };
    let mut sampler = Sampler::new("t", &column, &Domain::default()).unwrap();
    sampler.widen();
    let numbers: std::collections::BTreeSet<_> =
        (0..5000).map(|number| sampler.sample(Some(number), &mut random).text().unwrap()).collect();
    assert_eq!(numbers.len(), 5000);
    assert!(sampler.counts() && sampler.sample(None, &mut random).as_number().unwrap() > 20.0);
}

#[test]
fn times_keep_to_their_period() {
    let mut random = Rng::with_seed(7);
    for (base, domain, first, last) in [
        ("date", Domain { earliest: Some(LATEST + 1), ..Domain::default() }, "2025-07-02", "2025-10-01"),
        ("date", Domain { latest: Some(EARLIEST - 1), ..Domain::default() }, "2022-10-02", "2022-12-31"),
        ("timestamp", Domain::default(), "2023-01-01 00:00:00", "2025-06-30 23:59:59"),
    ] {
        let column = Column { base: base.to_owned(), ..column("at") };
        let sampler = Sampler::new("t", &column, &domain).unwrap();
        for _ in 0..500 {
            let text = sampler.sample(None, &mut random).text().unwrap();
            assert!((first..=last).contains(&text.as_str()), "{text} of {base}");
        }
    }
}
