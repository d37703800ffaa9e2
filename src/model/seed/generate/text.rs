//! Made-up texts: what a column's name says is in it.

use fastrand::Rng;

use super::words::{
    CITIES, COMPANY_HEADS, COMPANY_TAILS, COUNTRIES, COUNTRY_CODES, CURRENCIES, FIRST_NAMES, INDUSTRIES,
    LANGUAGES, LAST_NAMES, STREETS, SUBJECTS, TIME_ZONES, VERBS,
};

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Email,
    Phone,
    FirstName,
    LastName,
    Person,
    Company,
    Street,
    City,
    Country,
    CountryCode,
    PostalCode,
    Currency,
    Language,
    TimeZone,
    Industry,
    Url,
    Slug,
    Code,
    Path,
    Address,
    Agent,
    Token,
    Title,
    Sentence,
}

/// A topic and the words of names that mean it; the first that matches counts.
const TOPICS: [(Topic, &[&str]); 24] = [
    (Topic::Email, &["email", "mail"]),
    (Topic::Phone, &["phone", "mobile", "fax", "tel", "msisdn"]),
    (Topic::Agent, &["agent"]),
    (Topic::Address, &["ip"]),
    (Topic::Url, &["url", "website", "link", "webhook", "uri", "domain"]),
    (Topic::Path, &["path", "file", "filename", "image", "avatar", "photo"]),
    (Topic::FirstName, &["first", "given", "nickname"]),
    (Topic::LastName, &["last", "family", "surname"]),
    (
        Topic::Company,
        &["company", "organization", "organisation", "tenant", "brand", "employer", "supplier", "vendor"],
    ),
    (Topic::Street, &["address", "street", "line1", "line2"]),
    (Topic::PostalCode, &["postal", "postcode", "zip"]),
    (Topic::CountryCode, &["country_code"]),
    (Topic::City, &["city", "town", "district", "province", "state", "region"]),
    (Topic::Country, &["country"]),
    (Topic::Currency, &["currency"]),
    (Topic::Language, &["language", "locale", "lang"]),
    (Topic::TimeZone, &["timezone", "time_zone"]),
    (Topic::Industry, &["industry", "sector"]),
    (Topic::Slug, &["slug"]),
    (Topic::Token, &["token", "hash", "secret", "key", "password", "checksum", "fingerprint", "signature"]),
    (Topic::Code, &["code", "number", "sku", "barcode", "reference", "ref", "id", "external", "no", "num"]),
    (Topic::Person, &["name", "author", "contact", "owner", "by", "recipient", "sender", "person"]),
    (
        Topic::Title,
        &["title", "subject", "label", "category", "type", "kind", "tag", "department", "topic", "emoji"],
    ),
    (Topic::Sentence, &[""]),
];

/// Returns the words of a name: `lineUserId` and `line_user_id` are the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut small_before = false;
    for c in name.chars() {
        if c.is_uppercase() && small_before {
            spaced.push('_');
        }
        small_before = c.is_lowercase() || c.is_ascii_digit();
        spaced.extend(c.to_lowercase());
    }
    spaced.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns what a text column of a table is about. A `name` is a person's where the table is one of people.
pub(super) fn topic(table: &str, column: &str) -> Topic {
    let column_words = words(column);
    let joined = column_words.join("_");
    let found = TOPICS.iter().find(|(_, names)| {
        let is_meant = |name: &&str| {
            name.is_empty() || column_words.iter().any(|word| word == *name) || joined == **name
        };
        names.iter().any(is_meant)
    });
    let topic = found.map_or(Topic::Sentence, |(topic, _)| *topic);
    let people =
        ["user", "customer", "contact", "person", "people", "lead", "employee", "member", "representative"];
    let of_people = words(table).iter().any(|word| people.contains(&word.trim_end_matches('s')));
    let of_companies = words(table).iter().any(|word| {
        ["organization", "tenant", "compan", "account"].iter().any(|head| word.starts_with(head))
    });
    match topic {
        Topic::Person if joined == "name" && of_companies => Topic::Company,
        Topic::Person if joined.ends_with("name") && !of_people => Topic::Title,
        other => other,
    }
}

fn pick(list: &'static [&'static str], random: &mut Rng) -> &'static str {
    random.choice(list.iter()).copied().unwrap_or_default()
}

/// Returns a text on the topic. `number` makes it one of its kind, where there is one.
pub(super) fn text(topic: Topic, number: Option<u64>, random: &mut Rng) -> String {
    let (first, last) = (pick(&FIRST_NAMES, random), pick(&LAST_NAMES, random));
    let tail = number.map(|number| number.to_string()).unwrap_or_default();
    let spaced = if tail.is_empty() { String::new() } else { format!(" {tail}") };
    match topic {
        Topic::Email => {
            format!("{}.{}{tail}@{}.example", first.to_lowercase(), last.to_lowercase(), slug(random))
        }
        Topic::Phone => match number {
            Some(number) => format!("+1{:010}", number % 10_000_000_000),
            None => format!("+1{}555{:04}", random.u32(201..990), random.u32(0..10_000)),
        },
        Topic::FirstName => format!("{first}{spaced}"),
        Topic::LastName => format!("{last}{spaced}"),
        Topic::Person => format!("{first} {last}{spaced}"),
        Topic::Company => {
            format!("{} {}{spaced}", pick(&COMPANY_HEADS, random), pick(&COMPANY_TAILS, random))
        }
        Topic::Street => format!("{} {}{spaced}", random.u32(1..400), pick(&STREETS, random)),
        Topic::City => format!("{}{spaced}", pick(&CITIES, random)),
        Topic::Country => format!("{}{spaced}", pick(&COUNTRIES, random)),
        Topic::CountryCode => pick(&COUNTRY_CODES, random).to_owned(),
        Topic::PostalCode => format!("{:05}", random.u32(1000..99_999)),
        Topic::Currency => pick(&CURRENCIES, random).to_owned(),
        Topic::Language => pick(&LANGUAGES, random).to_owned(),
        Topic::TimeZone => pick(&TIME_ZONES, random).to_owned(),
        Topic::Industry => format!("{}{spaced}", pick(&INDUSTRIES, random)),
        Topic::Url => format!("https://{}.example/{}{tail}", slug(random), pick(&SUBJECTS, random)),
        Topic::Slug => format!("{}-{}", slug(random), number.unwrap_or_else(|| random.u64(1..100_000))),
        Topic::Code => {
            format!("{}-{:06}", pick(&LETTERS, random), number.unwrap_or_else(|| random.u64(1..1_000_000)))
        }
        Topic::Path => format!("{}/{:08x}{tail}.png", pick(&SUBJECTS, random), random.u32(..)),
        Topic::Address => format!("10.{}.{}.{}", random.u8(..), random.u8(..), random.u8(1..255)),
        Topic::Agent => "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        Topic::Token => format!("{:016x}{:016x}{tail}", random.u64(..), random.u64(..)),
        Topic::Title => format!("{} {}{spaced}", capital(pick(&VERBS, random)), pick(&SUBJECTS, random)),
        Topic::Sentence => format!(
            "{} the {} of {first} {last}{spaced}",
            capital(pick(&VERBS, random)),
            pick(&SUBJECTS, random)
        ),
    }
}

const LETTERS: [&str; 8] = ["AC", "BK", "CR", "DL", "LG", "NW", "SO", "TX"];

fn slug(random: &mut Rng) -> String {
    pick(&COMPANY_HEADS, random).to_lowercase().replace(' ', "-")
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_is_in_a_column() {
        for (table, column, expected) in [
            ("users", "email", Topic::Email),
            ("users", "name", Topic::Person),
            ("customers", "lineUserId", Topic::Code),
            ("customers", "company", Topic::Company),
            ("organizations", "name", Topic::Company),
            ("lead_stages", "name", Topic::Person),
            ("products", "name", Topic::Title),
            ("t", "description", Topic::Sentence),
            ("t", "timezone", Topic::TimeZone),
            ("t", "country_code", Topic::CountryCode),
            ("t", "ip_address", Topic::Address),
        ] {
            assert_eq!(topic(table, column), expected, "{table}.{column}");
        }
        assert_eq!(words("lineUserID2"), ["line", "user", "id2"]);
    }
}
