//! The contract about what programs read: the JSON Schemas in `docs/` and the tables of fields on its pages are made from the types that are
//! written, and compared with what lies there.

mod fields;
mod unit;

use crate::explain::Explained;
use crate::json::{Document, Look};
use crate::table::{Column, SERIES_COLUMNS, request_columns};
use crate::{compare, knee, regress, sweep};
use fields::{FIELDS_HEAD, Field, fields};
use forescale_core::outcome::Outcome;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use unit::{is_number, unit};

fn schema<T: schemars::JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}

fn columns<R>(columns: &[Column<R>]) -> String {
    let row = |column: &Column<R>| {
        let absent = column.absent.map(|absent| format!("; empty: {absent}")).unwrap_or_default();
        let Column { name, meaning, .. } = column;
        let kind = column.kind.name();
        format!("| `{name}` | {kind} | {} | {meaning}{absent} |\n", unit(name, kind).unwrap_or(""))
    };
    format!(
        "| column | type | unit | meaning |\n|---|---|---|---|\n{}",
        columns.iter().map(row).collect::<String>()
    )
}

fn outcomes() -> String {
    let row = |outcome: &Outcome| format!("| `{}` | {} |\n", outcome.name(), outcome.meaning());
    format!("| outcome | meaning |\n|---|---|\n{}", Outcome::ALL.iter().map(row).collect::<String>())
}

fn field_table(fields: &[Field]) -> String {
    FIELDS_HEAD.to_owned() + &fields.iter().map(ToString::to_string).collect::<String>()
}

/// Compares a file in `docs/` with what it should be, or rewrites it where `FORESCALE_BLESS` is set.
fn check(name: &str, fresh: impl FnOnce(&str) -> String) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name);
    let found = fs::read_to_string(&path).unwrap_or_default();
    let fresh = fresh(&found);
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        fs::write(path, fresh).unwrap();
    } else {
        let hint = "`FORESCALE_BLESS=1 cargo test -p forescale-report` rewrites it; read the difference before you commit it";
        assert!(found == fresh, "docs/{name} is not what the code writes; {hint}");
    }
}

/// All schemas, each with the name of its file.
fn schemas() -> [(&'static str, Value); 7] {
    [
        ("result", schema::<Document<'_>>()),
        ("decisions", schema::<Look>()),
        ("explain", schema::<Explained<'_>>()),
        ("compare", schema::<compare::Document<'_>>()),
        ("knee", schema::<knee::Document<'_>>()),
        ("regress", schema::<regress::Document<'_>>()),
        ("sweep", schema::<sweep::Document<'_>>()),
    ]
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        check(&format!("{name}.schema.json"), |_| text);
    }
}

#[test]
fn the_tables_are_those_of_the_types() {
    let tables = [
        ("result.json", field_table(&fields(&schema::<Document<'_>>()))),
        ("decisions.ndjson", field_table(&fields(&schema::<Look>()))),
        ("series.csv", columns(SERIES_COLUMNS)),
        ("requests.csv", columns(&request_columns())),
        ("outcomes", outcomes()),
    ];
    check("result.md", |found| {
        tables
            .iter()
            .fold(found.to_owned(), |text, (name, table)| with_table("result.md", &text, name, table))
    });
    // What the other two tables tell is not told again.
    let elsewhere = ["scenario.", "autoscaler.", "looks[]."];
    let mut own = fields(&schema::<Explained<'_>>());
    own.retain(|field| !elsewhere.iter().any(|path| field.path.starts_with(path)));
    let pages = [
        ("explain.md", "explain --json", own),
        ("compare.md", "compare --json", fields(&schema::<compare::Document<'_>>())),
        ("knee.md", "knee --json", fields(&schema::<knee::Document<'_>>())),
        ("regress.md", "regress --json", fields(&schema::<regress::Document<'_>>())),
        ("sweep.md", "sweep.json", fields(&schema::<sweep::Document<'_>>())),
    ];
    for (page, name, fields) in pages {
        check(page, |found| with_table(page, found, name, &field_table(&fields)));
    }
}

/// A page with this table in the place of its old one.
fn with_table(page: &str, text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin, generated -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/{page} lacks `{begin}`"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/{page} lacks `{end}`"));
    format!("{before}{begin}{table}{end}{after}")
}

/// Whoever reads a number must not have to guess what it counts.
#[test]
fn every_number_has_its_unit_in_its_name() {
    let all: Vec<Field> = schemas().iter().flat_map(|(_, schema)| fields(schema)).collect();
    let nameless: Vec<&str> =
        all.iter().filter(|it| is_number(&it.kind) && it.unit.is_none()).map(|it| it.path.as_str()).collect();
    assert!(nameless.is_empty(), "no unit is known for {nameless:?}; give it a name with one");
    let wordless: Vec<&str> =
        all.iter().filter(|it| it.meaning.is_empty()).map(|it| it.path.as_str()).collect();
    assert!(wordless.is_empty(), "no doc comment says what these are: {wordless:?}");
    let unnamed = SERIES_COLUMNS.iter().map(|it| (it.name, it.kind.name()));
    let unnamed = unnamed.chain(request_columns().into_iter().map(|it| (it.name, it.kind.name())));
    let unnamed: Vec<_> =
        unnamed.filter(|(name, kind)| *kind != "string" && unit(name, kind).is_none()).collect();
    assert!(unnamed.is_empty(), "no unit is known for {unnamed:?}");
}
