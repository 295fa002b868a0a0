use luvhive_core::entropy::Entropy;

use super::key::Key;
use super::*;

const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const OTHER: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const HER: Row = (7, 42);

/// Counts from a start.
struct Counting(u64);

impl Entropy for Counting {
    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0 - 1
    }
}

fn vault(keys: &[&str]) -> Vault {
    Vault::new(&keys.join("\n"), Box::new(Counting(0x0102_0304_0506_0708))).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(byte).collect()
}

/// Test case 16 of "The Galois/Counter Mode of Operation", which NIST took over: 256 bits, with associated data.
#[test]
fn the_known_answer_of_nist_stands_behind_our_head() {
    let text = bytes(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    let place = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let nonce = bytes("cafebabefacedbaddecaf888");
    let key = Key::parse(KEY).unwrap();
    let sealed = key.seal(*nonce.first_chunk().unwrap(), &place, &text).unwrap();
    let answer = concat!(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b"
    );
    assert_eq!((sealed[0], &sealed[5..17]), (1, nonce.as_slice()));
    assert_eq!(sealed[17..], bytes(answer));
    assert_eq!(key.open(&place, &sealed).unwrap(), text);
}

/// The answer was made by another program, from the description alone.
#[test]
fn the_whole_form_has_a_known_answer() {
    let sealed = vault(&[KEY]).put(&BIO, HER, Some("Tea, hills.")).sealed.unwrap();
    let answer = "016659453901020304050607080000000161851262fce2b33702219e74fc4fb3031901e3e9d1d4e70a6f6cf2";
    assert_eq!(sealed, bytes(answer));
    assert_eq!(vault(&[KEY]).keys()[0].to_string(), "66594539");
    assert_eq!(vault(&[OTHER, KEY]).open(&BIO, HER, &bytes(answer)).unwrap(), "Tea, hills.", "an older key reads on");
}

#[test]
fn another_key_place_or_bit_reads_nothing() {
    let ours = vault(&[KEY]);
    let sealed = ours.put(&BIO, HER, Some("Tea, hills.")).sealed.unwrap();
    assert_eq!(vault(&[OTHER]).open(&BIO, HER, &sealed), None);
    assert_eq!(Vault::default().open(&BIO, HER, &sealed), None);
    for (column, row) in [(&BIO, (7, 43)), (&BIO, (8, 42)), (&CITY, HER)] {
        assert_eq!(ours.open(column, row, &sealed), None, "moved to {column:?} of {row:?}");
    }
    let elsewhere = Column { table: "dialogs", ..BIO };
    assert_eq!(ours.open(&elsewhere, HER, &sealed), None, "moved to another table");
    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        assert_eq!(ours.open(&BIO, HER, &flipped), None, "byte {at}");
    }
    for length in 0..sealed.len() {
        assert_eq!(ours.open(&BIO, HER, &sealed[..length]), None, "cut to {length}");
    }
    assert_eq!(ours.open(&BIO, HER, &sealed).unwrap(), "Tea, hills.");
}

#[test]
fn no_nonce_is_used_twice() {
    let ours = vault(&[KEY]);
    let inner = ours.0.as_ref().unwrap();
    inner.nonces.lock().used = u32::MAX - 500;
    let mut seen = std::collections::HashSet::new();
    assert!((0..1000).all(|_| seen.insert(ours.put(&BIO, HER, Some("x")).sealed.unwrap()[5..17].to_vec())));
}

#[test]
fn what_lies_in_clear_counts_first_and_nothing_is_encrypted_without_a_key() {
    let (none, ours) = (Vault::default(), vault(&[KEY]));
    let kept = none.put(&CITY, HER, Some("Leeds"));
    assert_eq!((kept.text.as_deref(), kept.sealed), (Some("Leeds"), None));
    assert_eq!(ours.put(&CITY, HER, None), Kept::default());
    let sealed = ours.put(&CITY, HER, Some("Leeds")).sealed.unwrap();
    assert_eq!(ours.get(&CITY, HER, (Some("Turin".to_owned()), Some(&sealed))).unwrap(), "Turin");
    assert_eq!(ours.get(&CITY, HER, (None, Some(&sealed))).unwrap(), "Leeds");
    assert_eq!(ours.get(&CITY, HER, (Some(String::new()), Some(&sealed))).unwrap(), "Leeds");
    assert_eq!(ours.get(&CITY, HER, (None, None)), None);
}

#[test]
fn keys_are_64_digits_each() {
    let make = |text: &str| Vault::new(text, Box::new(Counting(0)));
    assert_eq!(make(&format!(" {KEY}\n{OTHER}\n")).unwrap().keys().len(), 2);
    assert_eq!(make(&KEY.to_uppercase()).unwrap().keys(), make(KEY).unwrap().keys());
    for bad in [
        "",
        " \n",
        KEY.trim_start_matches('f'),
        &format!("{KEY}0"),
        &KEY.replace('e', "g"),
        &format!("{KEY}, {OTHER}"),
        &"é".repeat(32),
    ] {
        assert!(make(bad).is_none(), "{bad:?}");
    }
}

/// Says what a row costs with `-- --nocapture`.
#[test]
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "it measures time and says it")]
fn texts_of_every_length_come_back() {
    let ours = vault(&[KEY]);
    for length in [0, 1, 40, 200, 1_000, 4_000] {
        let text = "x".repeat(length);
        let rounds = 1_000_u32;
        let began = std::time::Instant::now();
        let sealed: Vec<_> = (0..rounds).map(|_| ours.put(&BIO, HER, Some(&text)).sealed.unwrap()).collect();
        let put = began.elapsed() / rounds;
        let began = std::time::Instant::now();
        assert!(sealed.iter().all(|sealed| ours.open(&BIO, HER, sealed).as_deref() == Some(text.as_str())), "{length}");
        println!("{length} bytes: encrypted in {put:?}, decrypted in {:?}", began.elapsed() / rounds);
    }
}
