//! Random pairs of schemas: a world of objects from the templates of `random.txt`, and a mutation of it.
//!
//! `CRMDB_SEEDS=100..500` runs more seeds than CI does; a failing pair is made small before it is shown unless
//! `CRMDB_SHRINK=0`. What a server refuses (a view over a column that has another type) is not in the schema.

mod template;
mod world;

use crmdb::catalog::diff::{Locking, Options, Renames};
use template::Library;
use world::{Side, World};

use super::trial::Trial;

const SEEDS: std::ops::Range<u64> = 0..10;

#[test]
fn random_schemas_become_each_other() {
    let seeds = std::env::var("CRMDB_SEEDS").ok().map_or(SEEDS, |text| {
        let (first, end) = text.split_once("..").expect("`CRMDB_SEEDS` is like 100..500");
        first.parse().unwrap()..end.parse().unwrap()
    });
    let library = Library::read(include_str!("random.txt"));
    let names = seeds.map(|seed| seed.to_string()).collect();
    super::each(names, |seed| {
        let world = World::new(&library, seed.parse().unwrap());
        check(&world).map_err(|failure| shown(world, failure))
    });
}

/// Returns what is wrong with the way from one side of the world to the other and back.
fn check(world: &World) -> Result<(), String> {
    let trial = Trial::new();
    for (bench, side) in [(&trial.before, Side::Before), (&trial.after, Side::After)] {
        for sql in world.sql(side) {
            if let (Err(error), true) = (bench.run(&sql), std::env::var_os("CRMDB_LOAD").is_some()) {
                eprintln!("{error}: {sql}");
            }
        }
    }
    let renames = if world.seed.is_multiple_of(4) { Renames::Off } else { Renames::Detect };
    let locking = if world.seed % 3 == 1 { Locking::Online } else { Locking::Blocking };
    trial.there_and_back(&Options { renames, locking, ..Options::default() })
}

/// Returns the failure of the smallest world that still has one of that sort, with its two schemas.
fn shown(mut world: World, mut failure: String) -> String {
    if std::env::var("CRMDB_SHRINK").as_deref() != Ok("0") {
        let sort = |failure: &str| failure.split([':', '`', '"']).take(2).collect::<String>();
        let (wanted, mut tries) = (sort(&failure), 0);
        loop {
            let found = world.smaller().find_map(|smaller| {
                tries += 1;
                let why = (tries < 400).then(|| check(&smaller).err()).flatten()?;
                (sort(&why) == wanted).then_some((smaller, why))
            });
            let Some(found) = found else { break };
            (world, failure) = found;
        }
    }
    let text = |side| world.sql(side).map(|sql| sql + ";\n").collect::<String>();
    format!("{failure}\n--- before\n{}--- after\n{}", text(Side::Before), text(Side::After))
}
