//! A world: objects that refer to each other by number, present on one side or both, each made in one of its ways.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::template::{Library, Template, references};

/// Which of the two schemas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// What an object is like on one side.
#[derive(Clone, PartialEq)]
struct Form {
    way: usize,
    name: String,
    schema: String,
}

#[derive(Clone)]
struct Item {
    kind: String,
    parent: Option<usize>,
    /// The ways to make it; references are `<number>`.
    ways: Vec<String>,
    forms: [Option<Form>; 2],
}

/// Two schemas.
#[derive(Clone)]
pub(super) struct World {
    pub(super) seed: u64,
    items: Vec<Item>,
}

impl World {
    /// Makes the two schemas of a seed.
    pub(super) fn new(library: &Library, seed: u64) -> Self {
        let mut maker = Maker { library, rng: Rng::with_seed(seed), world: Self { seed, items: Vec::new() } };
        let size = maker.rng.usize(8..70);
        let total: u32 = library.templates.iter().map(|template| template.weight).sum();
        for first in ["schema", "table", "table", "intcol", "textcol", "intcol"] {
            let template = library.templates.iter().find(|template| template.kind == first).unwrap();
            maker.add(template);
        }
        for _ in 0..size {
            let mut at = maker.rng.u32(0..total);
            let chosen = library.templates.iter().find(|template| {
                let here = at < template.weight;
                at = at.saturating_sub(template.weight);
                here
            });
            maker.add(chosen.unwrap());
        }
        maker.mutate();
        maker.world
    }

    /// Returns the statements that make a side, in an order that works.
    pub(super) fn sql(&self, side: Side) -> impl Iterator<Item = String> {
        (0..self.items.len()).filter_map(move |number| self.statement(number, side))
    }

    /// Returns worlds with less in them: without some of the objects, or with one that does not change.
    pub(super) fn smaller(&self) -> impl Iterator<Item = Self> {
        let count = self.items.len();
        let present: Vec<usize> =
            (0..count).filter(|at| self.items[*at].forms.iter().any(Option::is_some)).collect();
        let sizes = [8, 4, 1].into_iter().filter(move |size| *size == 1 || count > 12);
        let without = sizes.flat_map(move |size| {
            let chunks: Vec<Vec<usize>> = present.chunks(size).rev().map(<[usize]>::to_vec).collect();
            chunks.into_iter().map(move |gone| {
                let mut world = self.clone();
                gone.iter().for_each(|at| world.items[*at].forms = [None, None]);
                world
            })
        });
        let steadier =
            (0..count).filter(|at| self.items[*at].forms[0] != self.items[*at].forms[1]).map(|at| {
                let mut world = self.clone();
                let form = world.items[at].forms.iter().flatten().next().cloned();
                world.items[at].forms = [form.clone(), form];
                world
            });
        without.chain(steadier)
    }

    fn statement(&self, number: usize, side: Side) -> Option<String> {
        let item = &self.items[number];
        let form = item.forms[side as usize].as_ref()?;
        let way = &item.ways[form.way];
        let mut sql = String::new();
        let mut last = 0;
        for (start, end, word) in references(way) {
            let (bare, word) = (word.ends_with('.'), word.trim_end_matches('.'));
            let target = if word == "@" { number } else { word.trim_start_matches('r').parse().ok()? };
            let found = &self.items[target];
            let named = found.forms[side as usize].as_ref()?;
            let quoted = quote(&named.name);
            sql.push_str(&way[last..start]);
            if bare || found.parent.is_some() || named.schema.is_empty() {
                sql.push_str(&quoted);
            } else {
                sql.push_str(&format!("{}.{quoted}", self.schema(&named.schema, side)?));
            }
            last = end;
        }
        sql.push_str(&way[last..]);
        Some(sql)
    }

    /// Returns the name of the schema with that number on that side.
    fn schema(&self, number: &str, side: Side) -> Option<String> {
        let Ok(number) = number.parse::<usize>() else { return Some(number.to_owned()) };
        self.items[number].forms[side as usize].as_ref().map(|form| quote(&form.name))
    }
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

struct Maker<'a> {
    library: &'a Library,
    rng: Rng,
    world: World,
}

impl Maker<'_> {
    /// Adds an object, unless what it refers to is not there.
    fn add(&mut self, template: &Template) {
        let mut bound: BTreeMap<String, usize> = BTreeMap::new();
        let parent = match &template.part_of {
            Some(kind) => match self.pick(kind, None, &bound) {
                Some(parent) => {
                    bound.insert(kind.clone(), parent);
                    Some(parent)
                }
                None => return,
            },
            None => None,
        };
        let ways: Vec<String> =
            template.ways.iter().filter_map(|way| self.resolved(way, &mut bound)).collect();
        if ways.is_empty() {
            return;
        }
        let number = self.world.items.len();
        let form = Form {
            way: self.rng.usize(0..ways.len()),
            name: self.name(&template.kind, number),
            schema: self.any_schema(&template.kind),
        };
        let forms = [Some(form.clone()), Some(form)];
        self.world.items.push(Item { kind: template.kind.clone(), parent, ways, forms });
    }

    /// Returns the way with numbers for names; none when something is not there.
    fn resolved(&mut self, way: &str, bound: &mut BTreeMap<String, usize>) -> Option<String> {
        let mut text = String::new();
        let mut last = 0;
        for (start, end, word) in references(way) {
            text.push_str(&way[last..start]);
            last = end;
            if let Some(words) = word.strip_prefix('#') {
                let words: Vec<&str> = words.split('|').collect();
                text.push_str(words[self.rng.usize(0..words.len())]);
                continue;
            }
            let name = word.trim_end_matches('.');
            if name == "@" {
                text.push_str(&way[start..end]);
                continue;
            }
            if let Some((home, _)) = name.split_once('/')
                && !bound.contains_key(home)
            {
                let found = self.pick(home, None, bound)?;
                bound.insert(home.to_owned(), found);
            }
            if !bound.contains_key(name) {
                let (home, kind) = name
                    .rsplit_once('/')
                    .map_or((None, name), |(home, kind)| (bound.get(home).copied(), kind));
                let found = self.pick(kind, home, bound)?;
                bound.insert(name.to_owned(), found);
            }
            let dot = if word.ends_with('.') { "." } else { "" };
            text.push_str(&format!("<r{}{dot}>", bound[name]));
        }
        text.push_str(&way[last..]);
        Some(text)
    }

    /// Picks an object that the word means; a part of `home` where that is given, else one that is bound to no word.
    fn pick(&mut self, word: &str, home: Option<usize>, bound: &BTreeMap<String, usize>) -> Option<usize> {
        let taken: BTreeSet<usize> = bound.values().copied().collect();
        let fits = |(number, item): &(usize, &Item)| {
            self.library.means(word, &item.kind)
                && (home.is_none() || item.parent == home)
                && !taken.contains(number)
        };
        let found: Vec<usize> =
            self.world.items.iter().enumerate().filter(fits).map(|(number, _)| number).collect();
        (!found.is_empty()).then(|| found[self.rng.usize(0..found.len())])
    }

    fn name(&mut self, kind: &str, number: usize) -> String {
        match self.rng.u8(0..40) {
            0 => format!("Odd {kind}{number}"),
            1 => format!("{kind}{number}_{}", "x".repeat(63 - kind.len() - number.to_string().len() - 1)),
            2 => format!("größe\"{number}"),
            3 => ["order", "user", "select", "type", "value"][self.rng.usize(0..5)].to_owned(),
            _ => format!("{kind}{number}"),
        }
    }

    fn any_schema(&mut self, kind: &str) -> String {
        if kind == "schema" || kind.starts_with("global") {
            return String::new();
        }
        let schemas = self.world.items.iter().enumerate().filter(|(_, item)| item.kind == "schema");
        let mut schemas: Vec<String> = schemas.map(|(number, _)| number.to_string()).collect();
        schemas.push("public".to_owned());
        schemas[self.rng.usize(0..schemas.len())].clone()
    }

    /// Makes the side after another one than the side before.
    fn mutate(&mut self) {
        let [gone, altered, moved] = match self.rng.u8(0..4) {
            0 => [2, 5, 2],
            1 => [10, 10, 5],
            2 => [15, 40, 5],
            _ => [30, 25, 3],
        };
        for number in 0..self.world.items.len() {
            let percent = |rng: &mut Rng, of: u32| rng.u32(0..100) < of;
            let count = self.world.items[number].ways.len();
            if percent(&mut self.rng, altered) {
                let way = self.rng.usize(0..count);
                self.form(number).way = way;
            }
            if percent(&mut self.rng, moved) {
                let kind = self.world.items[number].kind.clone();
                self.form(number).name = self.rng.u16(..).to_string() + &kind;
            }
            if percent(&mut self.rng, moved / 2) {
                let kind = self.world.items[number].kind.clone();
                let schema = self.any_schema(&kind);
                self.form(number).schema = schema;
            }
            if percent(&mut self.rng, gone) {
                let side = self.rng.usize(0..2);
                self.world.items[number].forms[side] = None;
            }
        }
    }

    fn form(&mut self, number: usize) -> &mut Form {
        self.world.items[number].forms[1].as_mut().expect("a form is taken away last")
    }
}
