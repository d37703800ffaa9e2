//! Made-up values of types that few columns have: documents, networks, bits, shapes, searches.

use fastrand::Rng;

use super::super::domain::Domain;
use super::super::text::{Topic, text};
use crate::model::seed::Column;

/// What makes up the values of one such type.
#[derive(Clone, Debug)]
pub(super) enum Rare {
    Clock,
    ClockTz,
    Interval,
    Object,
    List,
    Xml,
    Bytes,
    Network,
    Mac {
        bytes: usize,
    },
    /// So many bits, up to so many.
    Bits {
        least: usize,
        most: usize,
    },
    Letter,
    Shape(Shape),
    Vector,
    Query,
    Position,
    Pairs,
    Labels,
    JsonPath,
}

/// The shapes of the plane.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Point,
    Line,
    Segment,
    Box,
    Path,
    Polygon,
    Circle,
}

/// The bits of a `varbit` without a width.
const BITS: usize = 16;

impl Rare {
    /// `None` for a type that no value is known of.
    pub(super) fn new(column: &Column, domain: &Domain) -> Option<Self> {
        let width = usize::try_from(column.modifier).ok();
        let by_default = column.default.as_deref().is_some_and(|default| default.starts_with("'["));
        Some(match column.base.as_str() {
            "time" => Self::Clock,
            "timetz" => Self::ClockTz,
            "interval" => Self::Interval,
            "json" | "jsonb" => match domain.json.as_deref() {
                Some("array") => Self::List,
                None if by_default => Self::List,
                None | Some("object") => Self::Object,
                Some(_) => return None,
            },
            "xml" => Self::Xml,
            "bytea" => Self::Bytes,
            "inet" | "cidr" => Self::Network,
            "macaddr" => Self::Mac { bytes: 6 },
            "macaddr8" => Self::Mac { bytes: 8 },
            "bit" => Self::Bits { least: width.unwrap_or(1), most: width.unwrap_or(1) },
            "varbit" => Self::Bits { least: 1, most: width.unwrap_or(BITS).max(1) },
            "char" => Self::Letter,
            "point" => Self::Shape(Shape::Point),
            "line" => Self::Shape(Shape::Line),
            "lseg" => Self::Shape(Shape::Segment),
            "box" => Self::Shape(Shape::Box),
            "path" => Self::Shape(Shape::Path),
            "polygon" => Self::Shape(Shape::Polygon),
            "circle" => Self::Shape(Shape::Circle),
            "tsvector" => Self::Vector,
            "tsquery" => Self::Query,
            "pg_lsn" => Self::Position,
            "hstore" => Self::Pairs,
            "ltree" => Self::Labels,
            "jsonpath" => Self::JsonPath,
            _ => return None,
        })
    }

    /// Returns a value as the type's input function reads it.
    pub(super) fn sample(&self, random: &mut Rng) -> String {
        match self {
            Self::Clock => format!("{:02}:{:02}:00", random.u8(7..21), random.u8(0..60)),
            Self::ClockTz => format!("{:02}:{:02}:00+00", random.u8(7..21), random.u8(0..60)),
            Self::Interval => format!("{:02}:{:02}:00", random.u8(0..12), random.u8(1..60)),
            Self::Object => format!("{{\"source\": \"generated\", \"score\": {}}}", random.u32(0..100)),
            Self::List => format!("[\"generated\", {}]", random.u32(0..100)),
            Self::Xml => format!("<generated score=\"{}\"/>", random.u32(0..100)),
            Self::Bytes => format!("\\x{:016x}", random.u64(..)),
            Self::Network => text(Topic::Address, None, random),
            Self::Mac { bytes } => {
                // Locally administered, so that it is nobody's card.
                let rest = (1..*bytes).map(|_| format!(":{:02x}", random.u8(..)));
                format!("02{}", rest.collect::<String>())
            }
            Self::Bits { least, most } => {
                (0..random.usize(*least..=*most)).map(|_| if random.bool() { '1' } else { '0' }).collect()
            }
            Self::Letter => random.alphabetic().to_string(),
            Self::Shape(shape) => shape.sample(random),
            Self::Vector => format!("'generated':1 '{}':2", word(random)),
            Self::Query => format!("'generated' & '{}'", word(random)),
            Self::Position => format!("{:X}/{:X}", random.u32(..), random.u32(..)),
            Self::Pairs => format!("source=>generated, score=>{}", random.u32(0..100)),
            Self::Labels => format!("generated.{}.{}", word(random), random.u32(0..100)),
            Self::JsonPath => format!("$.\"{}\"", word(random)),
        }
    }
}

impl Shape {
    fn sample(self, random: &mut Rng) -> String {
        let (x, y) = (random.i32(-180..180), random.i32(-90..90));
        let (right, up) = (x + random.i32(1..20), y + random.i32(1..20));
        match self {
            Self::Point => format!("({x},{y})"),
            Self::Line => format!("{{1,{},{y}}}", random.i32(1..10)),
            Self::Segment => format!("[({x},{y}),({right},{up})]"),
            Self::Box => format!("({right},{up}),({x},{y})"),
            Self::Path => format!("[({x},{y}),({right},{y}),({right},{up})]"),
            Self::Polygon => format!("(({x},{y}),({right},{y}),({right},{up}))"),
            Self::Circle => format!("<({x},{y}),{}>", random.u8(1..20)),
        }
    }
}

fn word(random: &mut Rng) -> String {
    (0..6).map(|_| random.lowercase()).collect()
}
