//! What people can ask the bot for in words.

use luvhive_telegram::locale::command_table;

use super::{check, head};

#[test]
fn the_page_of_the_bots_commands_is_that_of_their_rows() {
    let head = head("crates/telegram/src/locale/command.rs and crates/telegram/locales/en/menu.ftl");
    let page = format!(
        "# The bot's commands\n\n<!-- {head} -->\n\nWhat people can ask the bot for in words, with the English texts. \
         Telegram's list shows the commands that have a text in that column, and the menu shows the buttons.\n\n{}",
        command_table()
    );
    check("docs/COMMANDS.md", &page);
}
