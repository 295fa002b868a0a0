//! Files: names that name somebody, and formats that carry where and by whom a file was made.

use super::token::read;
use super::words::Means;

/// Formats that can hold a place, a device or an author, by the ending of a file's name or the end of its type.
const FACTS: [&str; 27] = [
    "jpg",
    "jpeg",
    "tif",
    "tiff",
    "heic",
    "heif",
    "webp",
    "png",
    "avif",
    "dng",
    "cr2",
    "cr3",
    "nef",
    "arw",
    "orf",
    "rw2",
    "mp4",
    "mov",
    "quicktime",
    "m4v",
    "3gp",
    "pdf",
    "doc",
    "docx",
    "xlsx",
    "pptx",
    "odt",
];
/// The shortest word of a file's name that can be a person's.
const NAME_LETTERS: usize = 3;

/// A document, as Telegram describes it.
#[derive(Clone, Copy, Debug, Default)]
pub struct File<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its MIME type.
    pub mime: Option<&'a str>,
}

/// Reports a name with words that no list of file names knows: a person's name, a handle.
pub(super) fn is_telling(file: File<'_>) -> bool {
    let name = file.name.unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    read(stem).iter().any(|token| {
        token.is_name() && token.value.is_none() && token.length() >= NAME_LETTERS && !token.is(Means::FILE.or(Means::COMMON))
    }) || stem.contains('@')
}

/// Reports a format that can carry facts about its maker.
pub(super) fn has_facts(file: File<'_>) -> bool {
    let ending = file.name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_lowercase());
    let kind = file.mime.and_then(|mime| mime.rsplit_once('/')).map(|(_, kind)| kind.to_lowercase());
    ending.into_iter().chain(kind).any(|format| FACTS.contains(&format.as_str()))
}
