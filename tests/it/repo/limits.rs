//! How long a function may be and how many parameters it may take.

use std::path::Path;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::files::sources;

/// The most lines of one function, from its `fn` to its closing brace.
const LONGEST_FUNCTION: usize = 80;

/// The most parameters of one function beside `self`.
///
/// A function that builds its own type may take more, for it names each part of the value.
/// `luvhive-matching` is left out: its hot loops pass columns one by one so that the compiler keeps them in registers.
const MOST_PARAMETERS: usize = 4;

/// What is wrong with one function, in words.
fn find_faults(text: &str) -> Vec<String> {
    let mut reader = Reader::default();
    reader.visit_file(&syn::parse_file(text).unwrap());
    reader.faults
}

#[derive(Default)]
struct Reader {
    faults: Vec<String>,
    has_free_parameters: bool,
}

impl Reader {
    fn judge(&mut self, signature: &syn::Signature, body: Option<&syn::Block>) {
        let name = &signature.ident;
        let first = signature.fn_token.span().start().line;
        let lines = body.map_or(0, |body| body.span().end().line + 1 - first);
        if lines > LONGEST_FUNCTION {
            self.faults.push(format!("{name} in line {first} has {lines} lines"));
        }
        let taken = signature.inputs.iter().filter(|input| matches!(input, syn::FnArg::Typed(_))).count();
        if taken > MOST_PARAMETERS && !self.has_free_parameters && !is_constructor(signature) {
            self.faults.push(format!("{name} in line {first} takes {taken} parameters"));
        }
    }
}

/// Reports whether a function returns the type it belongs to.
fn is_constructor(signature: &syn::Signature) -> bool {
    use quote::ToTokens;
    let returned = signature.output.to_token_stream().to_string();
    signature.receiver().is_none() && returned.split(|c: char| !c.is_alphanumeric()).any(|word| word == "Self")
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.judge(&item.sig, Some(&item.block));
        visit::visit_item_fn(self, item);
    }

    /// A trait's functions are judged where the trait is ours; what another's asks for is not ours to shorten.
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outside = self.has_free_parameters;
        self.has_free_parameters |= item.trait_.is_some();
        visit::visit_item_impl(self, item);
        self.has_free_parameters = outside;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.judge(&item.sig, Some(&item.block));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.judge(&item.sig, item.default.as_ref());
        visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn functions_stay_short_and_take_few_parameters() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let mut reader = Reader { has_free_parameters: path.starts_with(Path::new("crates/matching")), ..Reader::default() };
        reader.visit_file(&syn::parse_file(&text).unwrap());
        wrong.extend(reader.faults.into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(wrong.is_empty(), "{} functions: {wrong:#?}", wrong.len());
}

#[test]
fn the_check_finds_a_planted_fault() {
    let long = format!("fn long() {{\n{}}}\n", "    step();\n".repeat(LONGEST_FUNCTION));
    assert_eq!(find_faults(&long).len(), 1);
    assert_eq!(find_faults("impl S { fn wide(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }").len(), 1);
    assert_eq!(find_faults("trait T { fn wide(a: u8, b: u8, c: u8, d: u8, e: u8); }").len(), 1);
    assert!(find_faults("impl S { fn new(a: u8, b: u8, c: u8, d: u8, e: u8) -> Result<Self, E> { Ok(Self) } }").is_empty());
    assert!(find_faults("impl T for S { fn wide(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }").is_empty());
    assert!(find_faults("impl S { fn narrow(&self, a: u8, b: u8, c: u8, d: u8) {} }").is_empty());
}
