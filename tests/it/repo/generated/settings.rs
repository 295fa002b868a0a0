//! Settings: the comments of the defaults, the reference for operators, and the schema for editors.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use luvhive_app::settings::{Kind, Row, defaults, rows};
use serde_json::{Map, Value, json};

use super::{check, head};

/// A key's section, if it has one, and its name there.
fn split(key: &str) -> (Option<&str>, &str) {
    key.split_once('.').map_or((None, key), |(section, name)| (Some(section), name))
}

/// What a setting takes, in words.
fn takes(row: &Row) -> String {
    let unit = match split(row.key).1 {
        name if name.ends_with("_ms") => ", milliseconds",
        name if name.ends_with("_s") => ", seconds",
        name if name.ends_with("_h") => ", hours",
        _ => "",
    };
    let secret = if matches!(row.kind, Kind::Secret(_)) { "; a secret" } else { "" };
    format!("{}{unit}{secret}", row.kind.words())
}

/// The default as TOML.
fn default_of(row: &Row, defaults: &BTreeMap<String, String>) -> String {
    let text = &defaults[row.key];
    if matches!(row.kind, Kind::Whole { .. }) { text.clone() } else { format!("{text:?}") }
}

fn toml() -> String {
    let defaults = defaults();
    let mut page = "\
# LuvHive's settings with their defaults; compiled into the program.
#
# Each can be given in a file named by LUVHIVE_CONFIG, or in the environment as LUVHIVE__SECTION__KEY; some variables have
# a short name, which stands in brackets.
# A secret may be in a file: BOT_TOKEN_FILE, DATABASE_URL_FILE, LUVHIVE_SUBJECT_KEY_FILE and LUVHIVE_DATA_KEY_FILE name
# one, and LuvHive looks into systemd's $CREDENTIALS_DIRECTORY.
# A key that is not listed here is refused. An empty value means \"not set\".
#
"
    .to_owned();
    writeln!(page, "# The comments: {}", head("crates/settings/src/table.rs")).unwrap();
    let mut last = None;
    for row in rows() {
        let (section, name) = split(row.key);
        if section != last {
            writeln!(page, "\n[{}]", section.unwrap_or_default()).unwrap();
            last = section;
        } else if section.is_none() {
            page.push('\n');
        }
        for line in row.doc.lines() {
            writeln!(page, "# {}", line.trim()).unwrap();
        }
        let alias = row.alias.map(|alias| format!(" ({alias})")).unwrap_or_default();
        writeln!(page, "# Takes {}{alias}.", takes(&row)).unwrap();
        writeln!(page, "{name} = {}", default_of(&row, &defaults)).unwrap();
    }
    page
}

fn reference() -> String {
    let defaults = defaults();
    let mut page = format!(
        "# Settings\n\n<!-- {} -->\n\n\
         Values come from [config/default.toml](../config/default.toml), which is compiled in, then from the TOML file that \
         `LUVHIVE_CONFIG` names, then from the environment; the later wins.\n\
         The variable of a key is `LUVHIVE__SECTION__KEY`; where a short name is listed, it wins over everything else.\n\
         A secret may also be in a file of its own: `<SHORT NAME>_FILE` names it, or systemd's `$CREDENTIALS_DIRECTORY` holds \
         it under the short name.\n\
         An empty value means \"not set\".\n\
         `luvhive check-config` shows every value in force and where it came from; \
         [settings.schema.json](settings.schema.json) tells an editor what a file may hold.\n",
        head("crates/settings/src/table.rs and config/default.toml"),
    );
    let mut last = Some("");
    for row in rows() {
        let (section, name) = split(row.key);
        if section != last {
            let title = section.unwrap_or("at the top of the file");
            let title = if section.is_some() { format!("[{title}]") } else { title.to_owned() };
            write!(page, "\n## {title}\n\n| Key | Default | Takes | What it does |\n| --- | --- | --- | --- |\n").unwrap();
            last = section;
        }
        let alias = row.alias.map(|alias| format!("<br>`{alias}`")).unwrap_or_default();
        let default = match default_of(&row, &defaults) {
            unset if unset == "\"\"" => "not set".to_owned(),
            set => format!("`{set}`"),
        };
        let doc: Vec<&str> = row.doc.lines().map(str::trim).collect();
        let takes = takes(&row).replace('|', "\\|");
        writeln!(page, "| `{name}`{alias} | {default} | {takes} | {} |", doc.join(" ")).unwrap();
    }
    page
}

fn schema() -> String {
    let defaults = defaults();
    let mut top = Map::new();
    let mut sections: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for row in rows() {
        let (section, name) = split(row.key);
        let default: Value = serde_json::from_str(&default_of(&row, &defaults)).unwrap();
        let description = format!("{}Takes {}.", row.doc.replace("\n ", " ").trim_start().replace('\n', " "), takes(&row));
        let mut property = json!({ "description": description, "default": default });
        match &row.kind {
            Kind::Whole { least, most } => {
                property["type"] = "integer".into();
                property["minimum"] = least.parse().unwrap();
                property["maximum"] = most.parse().unwrap();
            }
            Kind::OneOf(words) => property["enum"] = words.clone().into(),
            Kind::Text(_) | Kind::Secret(_) => {
                property["type"] = "string".into();
                if !row.may_be_unset {
                    property["minLength"] = 1.into();
                }
            }
        }
        match section {
            Some(section) => sections.entry(section).or_default().insert(name.to_owned(), property),
            None => top.insert(name.to_owned(), property),
        };
    }
    for (section, properties) in sections {
        let section_of = json!({ "type": "object", "additionalProperties": false, "properties": properties });
        top.insert(section.to_owned(), section_of);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "LuvHive's settings",
        "description": head("crates/settings/src/table.rs and config/default.toml"),
        "type": "object",
        "additionalProperties": false,
        "properties": top,
    });
    format!("{schema:#}\n")
}

#[test]
fn the_comments_of_the_defaults() {
    check("config/default.toml", &toml());
}

#[test]
fn the_reference_of_the_settings() {
    check("docs/SETTINGS.md", &reference());
}

#[test]
fn the_schema_of_the_settings() {
    check("docs/settings.schema.json", &schema());
}
