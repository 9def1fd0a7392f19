//! Finds every path in a Rust file and says from where it starts.
//!
//! Seen are `use` trees with their groups, renames and globs, paths in types, expressions, patterns, attributes and the token
//! streams of macros. Doc comments are not: a link gives no access.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path that a file names.
#[derive(Debug)]
pub(crate) struct Found {
    /// From the crate's name on; what starts with a name of its own module starts with that module.
    pub(crate) path: Vec<String>,
    /// As written.
    pub(crate) written: String,
    /// Its line.
    pub(crate) line: usize,
    /// Whether it stands below `#[cfg(test)]`.
    pub(crate) is_test: bool,
}

/// All that the architecture test wants to know of a file.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Its paths.
    pub(crate) found: Vec<Found>,
    /// What would hide code from this test: the line and the word.
    pub(crate) hidden: Vec<(usize, &'static str)>,
}

/// Scans the text of the file that is this module of this crate.
pub(crate) fn scan(text: &str, crate_name: &str, module: &[String]) -> syn::Result<Scan> {
    let file = syn::parse_file(text)?;
    let here = std::iter::once(crate_name.to_owned()).chain(module.iter().cloned()).collect();
    let mut finder = Finder { here, tests: 0, scan: Scan::default() };
    finder.visit_file(&file);
    Ok(finder.scan)
}

struct Finder {
    /// The crate's name and the module path within it.
    here: Vec<String>,
    /// How many `#[cfg(test)]` modules surround the place.
    tests: usize,
    scan: Scan,
}

impl Finder {
    fn record(&mut self, written: &[String], span: Span) {
        self.scan.found.push(Found {
            path: absolute(&self.here, written),
            written: written.join("::"),
            line: span.start().line,
            is_test: self.tests > 0,
        });
    }

    fn hide(&mut self, span: Span, word: &'static str) {
        self.scan.hidden.push((span.start().line, word));
    }

    fn use_tree(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let with = |ident: &syn::Ident| [prefix, &[name(ident)]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(leaf) => self.record(&with(&leaf.ident), leaf.ident.span()),
            syn::UseTree::Rename(leaf) => self.record(&with(&leaf.ident), leaf.ident.span()),
            syn::UseTree::Glob(glob) => {
                self.record(&[prefix, &["*".to_owned()]].concat(), glob.star_token.spans[0]);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(tree, prefix)),
        }
    }

    /// Paths of two names and more in a macro's tokens; `prefix` stands before each element of a `::{…}` group.
    fn tokens(&mut self, stream: TokenStream, prefix: &[String]) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let is = |at: usize, char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == char);
        let mut starts = true;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Ident(ident) => {
                    let mut written = if starts { prefix.to_vec() } else { Vec::new() };
                    written.push(name(ident));
                    while is(at, ':') && is(at + 1, ':') {
                        match tokens.get(at + 2) {
                            Some(TokenTree::Ident(next)) => written.push(name(next)),
                            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                                written.push("*".to_owned())
                            }
                            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                                self.tokens(group.stream(), &std::mem::take(&mut written));
                            }
                            _ => break,
                        }
                        at += 3;
                    }
                    if written.len() > 1 {
                        self.record(&written, ident.span());
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream(), &[]),
                TokenTree::Literal(literal) => self.quoted(literal),
                TokenTree::Punct(_) => {}
            }
            starts = matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        }
    }

    /// A path in quotes, as serde's attributes take it.
    fn quoted(&mut self, literal: &proc_macro2::Literal) {
        let text = literal.to_string();
        let path = syn::parse_str::<syn::Path>(text.trim_matches('"'));
        if let Ok(path) = path.map(|path| names(&path))
            && path.len() > 1
        {
            self.record(&path, literal.span());
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        item.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
        self.use_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.record(&names(path), path.segments[0].ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("include") {
            self.hide(call.path.segments[0].ident.span(), "`include!`");
        }
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone(), &[]);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let path = attribute.path();
        if path.is_ident("path") {
            self.hide(path.segments[0].ident.span(), "`#[path]`");
        }
        if path.is_ident("doc") {
            return;
        }
        self.visit_path(path);
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone(), &[]);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.hide(item.ident.span(), "`extern crate`");
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            _ => false,
        };
        let is_test = item.attrs.iter().any(is_test);
        self.here.push(name(&item.ident));
        self.tests += usize::from(is_test);
        visit::visit_item_mod(self, item);
        self.tests -= usize::from(is_test);
        self.here.pop();
    }

    /// `pub(in …)` names a surrounding module and reaches nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

fn name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or_else(|| name.clone(), str::to_owned)
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| name(&segment.ident)).collect()
}

/// Where a path leads that is written in the module `here`.
fn absolute(here: &[String], written: &[String]) -> Vec<String> {
    let mut path = match written.first().map(String::as_str) {
        Some("crate") => here[..1].to_vec(),
        Some(first) if first == "forescale" || first.starts_with("forescale_") => Vec::new(),
        _ => here.to_vec(),
    };
    for segment in written {
        match segment.as_str() {
            "crate" | "self" | "*" => {}
            "super" => path.truncate(path.len().saturating_sub(1).max(1)),
            segment => path.push(segment.to_owned()),
        }
    }
    path
}

/// The scanner on a line of code in `forescale_core::gateway::queue`: where its paths lead.
#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: &[&str]) {
        let module = ["gateway".to_owned(), "queue".to_owned()];
        let scan = scan(code, "forescale_core", &module).unwrap();
        let paths: Vec<String> = scan.found.iter().map(|found| found.path.join("::")).collect();
        assert_eq!(paths, expected, "{code}");
    }

    #[test]
    fn use_trees() {
        check("use crate::replica::Prompt;", &["forescale_core::replica::Prompt"]);
        check(
            "pub use super::super::{replica as r, views::{self, *}};",
            &["forescale_core::replica", "forescale_core::views", "forescale_core::views"],
        );
        check("use crate::*;", &["forescale_core"]);
        check("use crate as c;", &["forescale_core"]);
        check("use forescale_kernel;", &["forescale_kernel"]);
        check("mod tests { use super::super::super::replica; }", &["forescale_core::replica"]);
        check("use self::flows::Flow;", &["forescale_core::gateway::queue::flows::Flow"]);
    }

    #[test]
    fn inline_paths() {
        check("fn f(a: Option<crate::replica::Prompt>) {}", &["forescale_core::replica::Prompt"]);
        check("fn f() { if let crate::replica::A { .. } = x {} }", &["forescale_core::replica::A"]);
        check("fn f() { <crate::replica::A>::new(); }", &["forescale_core::replica::A"]);
        check("fn f() { super::super::replica::g::<T>(1); }", &["forescale_core::replica::g"]);
        check("impl crate::r#replica::T for X {}", &["forescale_core::replica::T"]);
        check("pub(in crate::gateway) fn f() {}", &[]);
    }

    #[test]
    fn macros_and_attributes() {
        check(
            "fn f() { assert!(matches!(a, crate::replica::B(_)), \"{}\", 1); }",
            &["forescale_core::replica::B"],
        );
        check(
            "macro_rules! m { () => { use $crate::{a, replica::{B, c::*}}; } }",
            &["forescale_core::a", "forescale_core::replica::B", "forescale_core::replica::c"],
        );
        check("#[serde(with = \"crate::replica::text\")] struct S;", &["forescale_core::replica::text"]);
        check("#[derive(crate::replica::D)] struct S;", &["forescale_core::replica::D"]);
        check("/// See [`X`](crate::replica::X).\nstruct S;", &[]);
    }

    #[test]
    fn what_hides_code_is_named() {
        let scan = |code| scan(code, "forescale_core", &[]).unwrap().hidden.len();
        assert_eq!(scan("#[path = \"x.rs\"] mod x;"), 1);
        assert_eq!(scan("include!(\"x.rs\");"), 1);
        assert_eq!(scan("extern crate self as me;"), 1);
    }
}
