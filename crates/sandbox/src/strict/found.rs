//! What Telegram finds in a text on its own: mentions, commands, tags, links, addresses, numbers.
//! The rules are those of `find_entities` in `TDLib`'s `MessageEntity.cpp`, written anew; servers and official apps find the
//! same. Phone numbers are left to the servers there, and their rule is not published.

mod letters;
mod links;
mod names;

use super::text::Entity;

/// A text as the finders walk it: by characters.
struct Walk(Vec<char>);

/// A find: its kind, its first character, and the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Find {
    kind: &'static str,
    from: usize,
    to: usize,
}

impl Walk {
    fn at(&self, place: usize) -> Option<char> {
        self.0.get(place).copied()
    }

    /// The character before a place.
    fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    /// The places of this character, from the front.
    fn places(&self, wanted: char) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter(move |(_, c)| **c == wanted).map(|(place, _)| place)
    }

    /// The end of the run of fitting characters that begins here.
    fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        from + self.0.iter().skip(from).take_while(|c| fits(**c)).count()
    }

    /// The beginning of the run of fitting characters that ends here, not before `first`.
    fn run_back(&self, first: usize, to: usize, fits: impl Fn(char) -> bool) -> usize {
        let part = self.0.get(first..to).unwrap_or_default();
        to - part.iter().rev().take_while(|c| fits(**c)).count()
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.0.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// Finds what stands in `text`: in order, none inside or across another. Positions are UTF-16 units.
pub(super) fn find(text: &str) -> Vec<Entity> {
    if !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '/' | '@' | '#' | '$' | '.' | ':')) {
        return Vec::new();
    }
    let walk = Walk(text.chars().collect());
    let mut finds = Vec::new();
    names::mentions(&walk, &mut finds);
    names::commands(&walk, &mut finds);
    names::hashtags(&walk, &mut finds);
    names::cashtags(&walk, &mut finds);
    names::phones(&walk, &mut finds);
    links::own(&walk, &mut finds);
    links::usual(&walk, &mut finds);
    // The earlier one stays, and of two that begin together the longer one.
    finds.sort_by_key(|find| (find.from, std::cmp::Reverse(find.to)));
    let mut end = 0;
    finds.retain(|find| {
        let is_free = find.from >= end;
        if is_free {
            end = find.to;
        }
        is_free
    });
    let mut units = Vec::with_capacity(walk.0.len() + 1);
    let mut unit = 0;
    for c in &walk.0 {
        units.push(unit);
        unit += c.len_utf16();
    }
    units.push(unit);
    let place = |character: usize| units.get(character).copied().unwrap_or(unit);
    finds.iter().map(|find| Entity::new(find.kind, place(find.from), place(find.to) - place(find.from))).collect()
}

#[cfg(test)]
mod tests;
