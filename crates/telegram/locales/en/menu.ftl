# The menu, its buttons, Telegram's list of commands, and answers to what cannot be handled.

own-name = English
list-comma = ,{" "}

button-find = 🔎 Find a partner
button-cancel-search = ✖️ Cancel search
button-next = ⏭ Next partner
button-stop = ⏹ Stop chat
button-report = 🚩 Report
button-block = 🚫 Block
button-profile = 👤 My profile
button-settings = ⚙️ Settings
button-premium = ⭐ Premium
button-help = ❓ Help

button-back = ← Back
button-continue = Continue
button-previous-page = ← Previous page
button-next-page = Next page →
# A choice that is on.
button-chosen = ✓ { $choice }

command-find = Find a partner
command-next = End this chat and find the next partner
command-stop = End this chat or stop searching
command-report = Report your partner
command-block = Block your partner
command-friend = Ask your partner to be friends
command-menu = Show the menu
command-profile = See and edit your profile
command-settings = Whom you meet, ages, language
command-premium = What premium changes, and what it costs
command-coins = Your coins: get, give and spend them
command-invite = Invite friends
command-language = Choose the language
command-help = How LuvHive works
command-privacy = What is stored about you
command-terms = The rules
command-paysupport = Help with payments
command-support = Who helps with what
command-my-data = Get everything stored about you
command-delete-me = Delete your account

menu-title = What would you like to do?
menu-body = Find a partner to chat with, or look at your profile and your settings.
menu-body-chat = You are in a chat: what you write goes to your partner. The buttons below find the next partner, stop the chat, report or block.

idle-hint = You are not in a chat right now, so nobody got this message. Press “Find a partner” to meet somebody.
stale-button = This button belongs to an earlier step. Please use the newest message.
old-button = This button is too old to work. Please use the menu.
already-done = That is how it is already.
busy = I am a bit busy right now. Your request is not lost; I will answer as soon as I can.
private-only = I only work in private chats, so I don't answer in groups. Here is the right place.
older-dialog = We were talking in an older version of LuvHive, so please let us start again. Sorry for that!
dismissed = All right, nothing was changed.
