//! What serde expects, in words of people who write TOML and YAML.

/// The range of one of Rust's whole numbers: `u32` as "a whole number from 0 to 4294967295".
pub(super) fn range(expected: &str) -> Option<String> {
    let whole = |least: String, most: String| Some(format!("a whole number from {least} to {most}"));
    match expected {
        "u8" => whole("0".to_owned(), u8::MAX.to_string()),
        "u16" => whole("0".to_owned(), u16::MAX.to_string()),
        "u32" => whole("0".to_owned(), u32::MAX.to_string()),
        "u64" | "usize" => whole("0".to_owned(), u64::MAX.to_string()),
        "i8" => whole(i8::MIN.to_string(), i8::MAX.to_string()),
        "i16" => whole(i16::MIN.to_string(), i16::MAX.to_string()),
        "i32" => whole(i32::MIN.to_string(), i32::MAX.to_string()),
        "i64" | "isize" => whole(i64::MIN.to_string(), i64::MAX.to_string()),
        _ => None,
    }
}

/// `u32` as "a whole number", `struct X` as "a table".
pub(super) fn in_words(expected: &str) -> String {
    match expected {
        _ if range(expected).is_some() => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "a borrowed string" | "str" | "path string" | "a character" => "a text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" | "identifier" => "a table".to_owned(),
        _ if expected.starts_with("struct ") || expected.starts_with("enum ") => "a table".to_owned(),
        _ if expected.starts_with("a tuple of size ") || expected.starts_with("tuple ") => {
            let size = expected.rsplit(' ').next().filter(|size| size.parse::<u32>().is_ok());
            size.map_or_else(|| "a list".to_owned(), |size| format!("a list of {size} values"))
        }
        _ => expected.to_owned(),
    }
}
