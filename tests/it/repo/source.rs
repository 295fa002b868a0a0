//! The sources as the repository's tests read them: files, their modules, and what is compiled only for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

use super::root;

/// One source file of a crate.
pub(crate) struct Source {
    /// The path below the repository's root.
    pub(crate) path: PathBuf,
    /// The modules from the crate's root to this file; empty for the root itself.
    pub(crate) module: Vec<String>,
    /// The file as the compiler reads it.
    pub(crate) file: syn::File,
}

/// Reads every source file below `crates/<name>/src`, without the files that hold tests.
pub(crate) fn read_crate(name: &str) -> Vec<Source> {
    let base = root().join("crates").join(name).join("src");
    let mut found = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name == "tests" || name == "tests.rs") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(read(&path, &base));
            }
        }
    }
    assert!(found.len() > 2, "{name} has {} files", found.len());
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn read(path: &Path, base: &Path) -> Source {
    let below = path.strip_prefix(base).unwrap().with_extension("");
    let module: Vec<String> = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    let is_root = module.len() == 1 && ["lib", "main"].contains(&module[0].as_str());
    let text = std::fs::read_to_string(path).unwrap();
    Source {
        path: path.strip_prefix(root()).unwrap().to_owned(),
        module: if is_root { Vec::new() } else { module },
        file: syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    }
}

/// What a crate's root exports: the name outside, and the room it comes from.
pub(crate) fn exports(sources: &[Source]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in sources.iter().filter(|source| source.module.is_empty()) {
        for item in &source.file.items {
            if let syn::Item::Use(import) = item {
                note_exports(&import.tree, None, &mut found);
            }
        }
    }
    found
}

fn note_exports(tree: &syn::UseTree, room: Option<&str>, found: &mut BTreeMap<String, String>) {
    let mut note = |name: &syn::Ident| {
        if let Some(room) = room {
            found.insert(name.to_string(), room.to_owned());
        }
    };
    match tree {
        syn::UseTree::Path(path) => {
            let head = path.ident.to_string();
            let room = room.or((head != "crate" && head != "self").then_some(head.as_str()));
            note_exports(&path.tree, room, found);
        }
        syn::UseTree::Name(name) => note(&name.ident),
        syn::UseTree::Rename(rename) => note(&rename.rename),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| note_exports(tree, room, found)),
        syn::UseTree::Glob(_) => {}
    }
}

/// The modules that a crate's root declares, without those for tests.
pub(crate) fn rooms(sources: &[Source]) -> BTreeSet<String> {
    let roots = sources.iter().filter(|source| source.module.is_empty());
    let items = roots.flat_map(|source| &source.file.items).filter(|item| !is_for_tests(item));
    items.filter_map(|item| if let syn::Item::Mod(module) = item { Some(module.ident.to_string()) } else { None }).collect()
}

/// Lists the first name after `crate::`, for each path in a file that starts at the crate's root or climbs up to it.
///
/// It reads tokens, so that paths inside of macros count as well. Items under `#[cfg(test)]` do not count.
pub(crate) fn roots_named(source: &Source) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in source.file.items.iter().filter(|item| !is_for_tests(item)) {
        note_roots(item.to_token_stream(), &source.module, &mut found);
    }
    found
}

/// The attributes of an item that may stand for tests alone.
fn is_for_tests(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.meta.to_token_stream().to_string().replace(' ', "") == "cfg(test)"
    })
}

fn note_roots(tokens: TokenStream, module: &[String], found: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => note_roots(group.stream(), module, found),
            TokenTree::Ident(word) if *word == "crate" || *word == "super" => {
                let (place, next) = climb(&tokens, at, module);
                if let Some(place) = place {
                    note_path(&tokens[next..], &place, found);
                }
                at = next;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Follows `crate::` or any number of `super::`: where the path goes on, and at which token.
fn climb(tokens: &[TokenTree], mut at: usize, module: &[String]) -> (Option<Vec<String>>, usize) {
    let mut place = module.to_vec();
    let mut is_path = false;
    while let TokenTree::Ident(word) = &tokens[at] {
        if *word == "crate" {
            place.clear();
        } else if *word == "super" {
            place.pop();
        } else {
            break;
        }
        at += 1;
        let is_followed = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if !is_followed || tokens.len() <= at + 2 {
            return (is_path.then_some(place), at);
        }
        (is_path, at) = (true, at + 2);
    }
    (Some(place), at)
}

/// Notes the room that a path names when it goes on from `place`.
fn note_path(rest: &[TokenTree], place: &[String], found: &mut BTreeSet<String>) {
    if let Some(room) = place.first() {
        found.insert(room.clone());
        return;
    }
    match rest.first() {
        Some(TokenTree::Ident(word)) => {
            found.insert(word.to_string());
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let mut is_head = true;
            for token in group.stream() {
                match token {
                    TokenTree::Ident(word) if is_head => {
                        found.insert(word.to_string());
                        is_head = false;
                    }
                    TokenTree::Punct(punct) if punct.as_char() == ',' => is_head = true,
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
