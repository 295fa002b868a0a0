# Searching and chatting: what the bot itself says.

searching-title = Looking for a partner …
searching-usual = { $minutes ->
        [0] It usually takes less than a minute.
        [one] It usually takes about a minute.
       *[other] It usually takes about { $minutes } minutes.
    }
searching-unknown = You will hear from me as soon as somebody suits you.
already-searching = I am still looking. You will hear from me as soon as somebody suits you.
already-chatting = You are in a chat. To meet somebody else, press “Next partner”; to end it, press “Stop chat”.
search-cancelled = The search is off. Press “Find a partner” whenever you like.
nothing-to-end = You are neither in a chat nor searching. Press “Find a partner” to meet somebody.

widen-title = Shall I look more widely?
widen-body = { $count ->
        [0] Nobody suits all your wishes right now. If I leave out { $filter }, more people can suit you.
        [one] Nobody suits all your wishes right now. If I leave out { $filter }, one person who is waiting would suit you.
       *[other] Nobody suits all your wishes right now. If I leave out { $filter }, { $count } people who are waiting would suit you.
    }
widen-button = Leave out { $filter } this time
widened = Done. This search leaves out { $filter }; your settings stay as they are.

search-paused-title = The search is paused
search-paused-body = Nobody who suits you came by in ten minutes. Press “Find a partner” to look again. Your wishes can be changed in “Settings”.

meeting-title = Somebody who suits you
meeting-asked = Would you like to chat? The chat opens when you both press “Chat”. You have { $seconds } seconds, and nobody is told who said no.
meeting-chat = 💬 Chat
meeting-not-now = Not now
meeting-agreed = You said yes. The chat opens as soon as the other person does too.
meeting-take-back = Take it back
meeting-opened = You both said yes, and the chat was opened.
meeting-over = This did not become a chat.
meeting-failed = That did not work out. I keep looking.
meeting-failed-idle = That did not work out.
meeting-declined = All right, not this time. I keep looking.
meeting-declined-idle = All right, not this time.
meeting-missed-title = Are you still there?
meeting-missed-body = You did not answer in time, so your search is paused. Press “Find a partner” to look again.
meeting-first = Not delivered: the chat is not open yet. Please first press “Chat” on the card above, or “Not now”.
written-before = You wrote this before the chat opened, so your partner did not get it.
written-before-send = Send it to them now
written-before-sent = Sent to your partner.
text-too-late = You wrote this in a chat that is over, so nobody got it.
ask-again = You asked for “{ $what }” a while ago, and I could not answer then. Do you still want it?

matched-title = You are both in
matched-ages = { $low }–{ $high }
matched-interests = You both like: { $interests }
matched-languages = You both speak: { $languages }
matched-verified = Verified by our staff
matched-rating = Good ratings: { $percent } %
matched-bio = About them: { $bio }
matched-icebreaker = To break the ice: { $question }
matched-closing = Whatever you write now goes to your partner, without your name.

ended-title = The chat is over
ended-stopped = You ended the chat.
ended-blocked = Your block closed this chat.
ended-reported = Your report closed this chat.
ended-sanctioned = A decision about your account ended the chat.
ended-deleted = The chat ended because you are leaving LuvHive.
ended-by-partner = Your partner has left the chat.
ended-partner-gone = Your partner cannot be reached any more. You keep your place at the head of the line.
ended-searching = I am looking for somebody new.
ended-undelivered = { $count ->
        [one] Your last message may not have arrived.
       *[other] Your last { $count } messages may not have arrived.
    }
ended-ask = How was it? Your partner is not told what you answer.

rate-good = 👍 Good chat
rate-bad = 👎 Bad chat
rated-good-title = Thank you!
rated-good-body = Glad that you enjoyed it.
rated-bad-title = Thank you for telling me
rated-bad-body = If somebody broke the rules, please report them: you can for 48 hours after the chat.

not-relayed-contact = I did not pass this contact on: it would show a name and a phone number. Here people stay anonymous.
not-relayed-poll = I did not pass this poll on: polls can show who you are and how you voted.
not-relayed-mention = Your partner did not get this: a name in it links to an account. Write it as plain text.
not-relayed-other = I cannot pass on this kind of message, so your partner did not get it.
not-relayed-gone = That message was gone before I could pass it on, so your partner did not get it. Send it again if you still want to.
not-relayed-long = That text is too long for Telegram to copy, so your partner did not get it. Try it in two messages.
not-relayed-setting = Your partner's Telegram settings don't allow this kind of message, so it did not reach them. Try writing it instead.
not-relayed-unknown = Your message did not arrive, and Telegram doesn't say why. Try sending it again.
not-relayed-unclear = Telegram doesn't say whether this one got through: it may have arrived. Ask your partner before you send it again.
not-relayed-unanswered = There was no answer in time, so your partner didn't get this one. Write them something else if you like.
not-relayed-taken-back = All right, I didn't send it.
not-relayed-edit-taken-back = I didn't pass on your change, so your partner keeps the old message.
not-relayed-media-declined = Your partner doesn't want photos and videos in this chat, so they didn't get this one. Write to them instead.
not-relayed-edit-refused = Your change didn't go through, so your partner keeps the old message. Send it as a new message if it matters.
not-relayed-edit-long = Your change is too long for Telegram, so your partner keeps the old message. Shorten it, or send it as a new message.
not-relayed-edit-mention = Your partner did not get this change: a name in it links to an account. Write it as plain text.
not-relayed-edit-missing = Your partner did not get this change. Send it as a new message if you like.
not-relayed-edit-unclear = Telegram doesn't say whether your change got through: your partner may still see the old message.
not-relayed-edit-late = That chat is over, so your change stays on your side.
not-relayed-edit-slow = Your partner's Telegram takes nothing more right now, so this change was not passed on. Wait a moment, then edit the message again.
media-refused = Your partner hasn't agreed to photos and videos in this chat, so they didn't get this one. Write to them instead.
text-only = Your partner takes text and stickers only, so they didn't get this one. Try it in words.
too-early = { $left ->
        [one] At first only text and stickers go through. Send this one again in a second.
       *[other] At first only text and stickers go through. Send this one again in { $left } seconds.
    }
withheld-photo = You chose never to pass on your photos, so your partner didn't get this one. You can change that in /settings.
withheld-voice = You chose never to pass on your voice messages, so your partner didn't get this one. You can change that in /settings.
withheld-video_note = You chose never to pass on your round videos, so your partner didn't get this one. You can change that in /settings.
ask-leak = This can identify you: { $kinds }. Send it anyway?
ask-leak-yes = Send anyway
ask-leak-no = Don't send
leak-phone = a phone number
leak-handle = a user name
leak-link = a link
leak-email = an e-mail address
leak-service = your name on another app
leak-file_name = a name in the file's name
leak-file_facts = details hidden in the file, such as where it was made
ask-age = This reads as if you are under 18, and LuvHive is for adults. Are you under 18?
ask-age-yes = Yes
ask-age-no = No, send it
ask-age-back = Take it back
underage-noted = All right, thank you for saying so.
ask-seems-minor = Does your partner seem under 18 to you? If so, report it and the chat ends.
ask-seems-minor-report = Report
ask-seems-minor-no = No
waits-too = This one waits for your answer above.
link-too-new = Links don't go through in your first chats here, so your partner didn't get this one. Say it in words.
enough-partners =
    You've met a lot of people today. { $hours ->
        [one] You can search again within an hour.
       *[other] You can search again in { $hours } hours.
    }
enough-links =
    That's a lot of links for one day, so your partner didn't get this one. { $hours ->
        [one] Links go through again within an hour.
       *[other] Links go through again in { $hours } hours.
    }
enough-media =
    That's a lot of photos and files for one day, so your partner didn't get this one. Text still goes through. { $hours ->
        [one] Everything else does again within an hour.
       *[other] Everything else does again in { $hours } hours.
    }
held = I'm asking your partner whether they want photos and videos. This one waits for their answer.
too-many-held = Too much is waiting in this chat already, so your partner didn't get this one. Send it again in a moment.
released = Sent now.
ask-media = Your partner wants to send photos or videos. Shall I show them in this chat?
ask-media-yes = Show them
ask-media-no = Don't show
media-on = Photos and videos go through to you in this chat.
media-off = Photos and videos don't go through to you in this chat. Your partner is told when one stays behind.
media-turn-on = Show them
media-turn-off = Stop them
media-allowed = Your partner takes photos and videos now. Send some if you like.
partner-slow = Your partner's Telegram takes no more messages right now, so this one was not passed on. Please wait a moment and send it again.
too-fast = { $lost ->
        [one] That was a lot at once, so one of your messages was not passed on. Please slow down a little.
       *[other] That was a lot at once, so { $lost } of your messages were not passed on. Please slow down a little.
    }
not-understood = Something went wrong with your last message or button, so I left it out. Please try again.
typing-in-chat = You are in a chat, and what you type goes to your partner. Please change this after the chat.

suspended-title = Your account is suspended
suspended-body = You can neither search nor chat until { $until }. The reason was sent to you with the decision.
banned-title = Your account is banned
banned-body = You can neither search nor chat here any more. The reason was sent to you with the decision.
sanctioned-suspended = You can neither search nor chat until { $until }.
sanctioned-banned = You can neither search nor chat here any more.
sanction-reason = The reason: { $reason }
sanction-lifted-title = Welcome back
sanction-lifted-body = The decision against your account was taken back. You can search and chat again.
