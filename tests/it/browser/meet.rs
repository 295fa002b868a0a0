//! The whole way as a newcomer walks it: two phones on the page, registered, matched and chatting with the real bot.

use fantoccini::Client;
use fantoccini::key::Key;
use luvhive_sandbox::SandboxSettings;
use luvhive_tests::bot::Bot;
use luvhive_tests::require_or_skip;
use serde_json::{Value, json};

use super::driver::{Driver, PATIENCE, find, shoot, until};
use crate::repo::root;

/// The most answers a registration may take before it counts as stuck.
const MOST_ANSWERS: usize = 25;
/// Both phones stand side by side here.
const LAPTOP: (u32, u32) = (1280, 860);
/// As wide as a usual phone.
const PHONE: (u32, u32) = (390, 844);
/// Just holds two phones and a talk, for the README's picture.
const PICTURE: (u32, u32) = (864, 1090);
/// How large a picture of the README may be, so that the page loads at once.
const LARGEST_PICTURE: usize = 200 * 1024;

/// Who says what, by the number of the phone.
const TALK: [(u16, &str); 6] = [
    (0, "Hi! Mountains or the sea?"),
    (1, "Mountains, every time. You?"),
    (0, "The sea, but I bring the tea \u{2615}\u{fe0f}"),
    (1, "Then I\u{2019}d swap one summit for one cup"),
    (0, "Deal. Which summit?"),
    (1, "Triund at sunrise. You would love it"),
];

/// Presses the one button that goes on; gives what was pressed, or nothing where something has to be typed.
/// A choice that is on has a tick before its name and so is not pressed again.
const ANSWER: &str = r"
    const wanted = ['I agree', 'Yes, store', 'Yes, ', arguments[0], 'Everyone', 'Chatting', 'Finish', 'Continue with', 'India', 'Go on without', 'Continue'];
    const last = [...document.querySelectorAll('article:not(.own)')].at(-1);
    const buttons = [...last.querySelectorAll('.keys button')];
    for (const start of wanted) {
      const button = buttons.find((one) => one.textContent.startsWith(start));
      if (button) { button.click(); return button.textContent; }
    }
    return null;";
/// Changes whenever the bot has written or edited something.
const SHOWN: &str = "return JSON.stringify([...document.querySelectorAll('article:not(.own)')].map((one) => one.textContent))";

/// The button that says yes on the card of a meeting.
const CHAT_BUTTON: &str = "[...document.querySelectorAll('article:not(.own) .keys button')].find((one) => one.textContent.includes('Chat') && !one.textContent.includes('Chatting'))";

async fn ask(browser: &Client, script: &str, argument: &str) -> Value {
    browser.execute(script, vec![json!(argument)]).await.unwrap()
}

/// Answers every question of the registration by tapping, and types the date of birth.
async fn register(browser: &Client, gender: &str) {
    find(browser, "#start button").await.click().await.unwrap();
    let mut before = json!("[]");
    for _ in 0..MOST_ANSWERS {
        luvhive_tests::eventually("the bot answers", PATIENCE, async || ask(browser, SHOWN, "").await != before).await;
        if browser.execute("return !document.getElementById('keyboard').hidden", Vec::new()).await.unwrap() == json!(true) {
            return;
        }
        before = ask(browser, SHOWN, "").await;
        if ask(browser, ANSWER, gender).await.is_null() {
            let text = find(browser, "#text").await;
            text.send_keys(&format!("1995-05-17{}", char::from(Key::Enter))).await.unwrap();
        }
    }
    panic!("the registration goes round in circles: {}", ask(browser, SHOWN, "").await);
}

async fn hold(browser: &Client, phone: u16) {
    browser.enter_parent_frame().await.unwrap();
    browser.enter_frame(phone).await.unwrap();
}

async fn press_key(browser: &Client, label: &str) {
    until(
        browser,
        &format!("[...document.querySelectorAll('#keyboard button')].some((key) => key.textContent.includes('{label}'))"),
    )
    .await;
    let press =
        "[...document.querySelectorAll('#keyboard button')].find((key) => key.textContent.includes(arguments[0])).click()";
    ask(browser, press, label).await;
}

/// A typed message arrives on the other phone, as the partner wrote it and with its time.
async fn say(browser: &Client, from: u16, text: &str) {
    hold(browser, from).await;
    find(browser, "#text").await.send_keys(&format!("{text}{}", char::from(Key::Enter))).await.unwrap();
    hold(browser, 1 - from).await;
    let arrived =
        format!("document.querySelector('article:not(.own):last-of-type .text').textContent.startsWith({})", json!(text));
    until(browser, &arrived).await;
    until(browser, r"/\d\d?:\d\d/.test(document.querySelector('article:last-of-type .meta').textContent)").await;
}

/// Everything that is shown fits into the window's width, in the page and in both phones.
async fn assert_fits(browser: &Client) {
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    browser.enter_parent_frame().await.unwrap();
    until(browser, fits).await;
    for phone in 0..2 {
        hold(browser, phone).await;
        until(browser, fits).await;
        until(browser, "document.getElementById('owner-avatar').textContent.length === 1").await;
    }
    browser.enter_parent_frame().await.unwrap();
}

/// How light the page's ground is, from 0 to 765.
async fn lightness(browser: &Client) -> u64 {
    let sum = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)";
    browser.execute(sum, Vec::new()).await.unwrap().as_u64().unwrap()
}

/// Takes the README's two pictures of the chat; `LUVHIVE_UPDATE=1` keeps them.
async fn portray(driver: &Driver, browser: &Client) {
    browser.set_window_size(PICTURE.0, PICTURE.1).await.unwrap();
    for phone in 0..2 {
        hold(browser, phone).await;
        // The card and the talk alone, as on a screen with a mouse elsewhere: no bars, no buttons beside messages, no cursor.
        let tidy = "const sheet = new CSSStyleSheet();
            sheet.replaceSync('#log { scrollbar-width: none } .more { opacity: 0 !important }');
            document.adoptedStyleSheets.push(sheet);
            document.activeElement.blur();
            for (const early of [...document.querySelectorAll('article')].slice(0, -1 - arguments[0])) early.remove();";
        browser.execute(tidy, vec![json!(TALK.len())]).await.unwrap();
    }
    browser.enter_parent_frame().await.unwrap();
    for (look, is_dark) in [("light", false), ("dark", true)] {
        driver.prefer_dark(browser, is_dark).await;
        let picture = find(browser, "#phones").await.screenshot().await.unwrap();
        assert!(picture.len() <= LARGEST_PICTURE, "the {look} picture has {} bytes", picture.len());
        if std::env::var_os("LUVHIVE_UPDATE").is_some_and(|update| update == "1") {
            let folder = root().join("docs/images");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("phones-{look}.png")), picture).unwrap();
        }
    }
    driver.prefer_dark(browser, false).await;
    browser.set_window_size(LAPTOP.0, LAPTOP.1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_meet_on_the_page() {
    let Some(driver) = require_or_skip("chromium", Driver::start()) else { return };
    let profile = luvhive_tests::TestFolder::new();
    let name = SandboxSettings { bot_name: "LuvHive".to_owned(), ..SandboxSettings::default() };
    let mut bot = Bot::start_in(name).await;
    for name in ["Asha", "Ravi"] {
        bot.newcomer(name, "en");
    }
    let browser = driver.open(profile.path()).await;
    browser.goto(&bot.sandbox.page_url()).await.unwrap();
    until(&browser, "document.querySelectorAll('iframe').length === 2").await;
    for (phone, gender) in [(0, "Woman"), (1, "Man")] {
        hold(&browser, phone).await;
        until(&browser, "!document.getElementById('start').hidden").await;
        register(&browser, gender).await;
    }
    for phone in 0..2 {
        hold(&browser, phone).await;
        press_key(&browser, "Find a partner").await;
        until(&browser, "[...document.querySelectorAll('article.own')].length > 0").await;
    }
    // Both see the other's card and press "Chat".
    for phone in 0..2 {
        hold(&browser, phone).await;
        until(&browser, &format!("!!({CHAT_BUTTON})")).await;
        browser.execute(&format!("({CHAT_BUTTON}).click()"), Vec::new()).await.unwrap();
    }
    for phone in 0..2 {
        hold(&browser, phone).await;
        until(&browser, "document.getElementById('keyboard').textContent.includes('Next partner')").await;
    }
    for (from, text) in TALK {
        say(&browser, from, text).await;
    }

    assert_fits(&browser).await;
    shoot(&browser, "meet-laptop").await;
    let light = lightness(&browser).await;
    driver.prefer_dark(&browser, true).await;
    assert!(lightness(&browser).await + 200 < light, "dark colours are dark");
    shoot(&browser, "meet-dark").await;
    driver.prefer_dark(&browser, false).await;
    browser.set_window_size(PHONE.0, PHONE.1).await.unwrap();
    assert_fits(&browser).await;
    shoot(&browser, "meet-phone").await;
    portray(&driver, &browser).await;
    browser.close().await.unwrap();
    bot.halt().await;
}
