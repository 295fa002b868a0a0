//! The pages for contributors: every file they name is there.

use super::root;

/// Pages that name files of the repository, and how many they name at least.
const PAGES: [(&str, usize); 4] = [("ARCHITECTURE.md", 10), ("CONTRIBUTING.md", 5), ("README.md", 10), ("SECURITY.md", 1)];

/// The paths that a page names: in `code`, where a slash makes a word a path, as the targets of links, and as pictures.
/// `{a,b}` stands for both; a path stops before a `<part>` that the reader fills in.
fn named(page: &str) -> Vec<String> {
    let prose: String = page.split("```").step_by(2).collect();
    let pictures = prose.split('"').skip(1).step_by(2).filter(|quoted| quoted.starts_with("docs/images/"));
    let codes = prose.split('`').skip(1).step_by(2).filter(|code| code.contains('/'));
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let is_path = |text: &&str| {
        text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '.')
            && text.chars().all(|one| one.is_ascii_alphanumeric() || "_-./{},<>".contains(one))
    };
    codes.chain(links).chain(pictures).filter(is_path).flat_map(spell_out).collect()
}

/// Writes `a/{b,c}` as `a/b` and `a/c`, and `a/<b>/c` as `a/`.
fn spell_out(path: &str) -> Vec<String> {
    let path = path.split('<').next().unwrap_or_default();
    let braced = path.split_once('{').and_then(|(head, rest)| rest.split_once('}').map(|(names, tail)| (head, names, tail)));
    match braced {
        Some((head, names, tail)) => names.split(',').map(|name| format!("{head}{name}{tail}")).collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn every_file_that_the_pages_name_is_there() {
    for (page, least) in PAGES {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let named = named(&text);
        assert!(named.len() >= least, "{page}: only {named:?} were seen");
        let missing: Vec<_> = named.iter().filter(|path| !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{page} names what is not there: {missing:?}");
    }
}

#[test]
fn the_search_for_paths_finds_them() {
    let page = "See `a/b.rs`, `x/{y,z}.ftl`, [c](docs/c.md), `m/<date>/up.sql`, `/next`, `a::b`, `cargo run -p a/b`. <img src=\"docs/images/q.png\">\n```sh\n`no/no`\n```\n";
    assert_eq!(named(page), ["a/b.rs", "x/y.ftl", "x/z.ftl", "m/", "docs/c.md", "docs/images/q.png"]);
}
