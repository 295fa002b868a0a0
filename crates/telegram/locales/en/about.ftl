# Help, privacy, terms, leaving.

help-title = How LuvHive works
help-body =
    Press “Find a partner”, and I look for somebody who suits you and whom you suit. Then simply write: text, photos, stickers, voice, video, files and places are passed on without your name.

    “Next partner” (/next) ends the chat and looks for somebody else, “Stop chat” (/stop) ends it. “Report” (/report) tells our staff, “Block” (/block) sees to it that you two never meet again. Both work for 48 hours after a chat, too.

    /profile shows and changes what you told me about yourself, /settings whom you meet. /language changes the language, /privacy and /terms are the documents, /my_data sends you what is stored about you, /delete_me deletes your account.

    Never send money to people you meet here. If somebody is in danger, call your local emergency number.

privacy-title = Privacy notice
privacy-body =
    What is stored: the id of your Telegram account (to write to you), your date of birth, gender, country, city if you gave one, languages, interests, what you write about yourself, the id of your photo, whom you want to meet, your settings, your time zone, when you agreed to what, with whom you chatted and when, ratings, friends and requests, blocks and reports.

    About money: your payments with Telegram's number for each, how long you have premium, gifts and refunds, every movement of your coins, who invited you and whom you invited. Cards and bank accounts stay with Telegram; we never see them.

    What is not stored: the content of your messages. While a message is on its way it may lie in a queue for some minutes, and the last texts of a chat (25 at most) lie in the computer's memory until the chat ends. Only when you change a message or take it back, what stood in it before is stored for 48 hours, encrypted, so that nobody can hide what they wrote from a report. The ids, kinds and times of messages are kept until 48 hours after the chat, so that replies and changes reach the right place. A report keeps those of the last 25 messages, what stood in them before a change, and what the reporter says: until 30 days after our decision, and about the safety of children for a year.

    Who sees what: your partners see your gender, the languages you share and whether you are verified, and as much of the rest as you let your match card show: an age range, your country, your city, the interests you share, what you write about yourself, and, once there are enough ratings, how many were good. Friends see the same. They never see your Telegram name, phone number or picture, nor the photo in your profile. A search by age takes in five years at least (18 to 20 for the youngest). If you send a gift, the person who gets it does not learn who you are. Our staff see a made-up name and reports with copies of the last 25 messages (none where a minor may be), never a chat that is going on.

    Whom you want to meet can say something about your sexual orientation. It is stored only with your separate consent, used for matching only, and shown to nobody. You can take this consent back at any time under /settings: a search then stops at once, and whom you want to meet is erased.

    /my_data sends you all of this as a file, once a day. It names nobody else: not who reported, blocked or rated you, and no words of your partners.

    /delete_me hides you from everybody at once and deletes all of this some hours later; it says when, and until then you can keep your account. What remains, without your account: a scrambled form of its id, which tells nobody who you are and is used only to see whether an account was here before (so that nobody escapes a ban or a block, or gets a trial, a reward or daily coins twice, by starting anew; it goes 24 months after you left, or when a ban is over if that is later); for 48 hours that you were in your last chats, under a made-up name, so that they can be reported; decisions about you and reports that are still open, under a made-up name; that a minor was refused, with the date of birth they typed (until they turn 18, and for at least 24 months); which reports you made about others; and payments, for our books.

    Payments and movements of coins are kept as well, because accounts must add up; they no longer name you.
privacy-controller = Who answers for your data: { $who }
privacy-contact = Questions and wishes about your data: { $who }
privacy-safety = If a child may be in danger: { $who }

terms-title = Terms
terms-body =
    LuvHive is for people aged 18 and over. Give your real date of birth.

    Be kind. No insults, threats or hate, no advertising, no fraud, no asking for money. No sexual content that the other person does not want. Nothing that is against the law; anything that sexualizes minors is banned at once.

    Do not spread what others confide to you, and do not try to find out who they are.

    People who break these rules can be warned, suspended or banned, they learn the reason, and they can appeal.

    Premium is bought with Telegram Stars. Days are added to what you have and end by themselves; only the monthly subscription renews, until you cancel it. What you buy starts at once, and the right to withdraw ends with the first use. { $window }, and as long as it was not used for a search, you get a payment back by a button under /paysupport; then its days are taken off again. If your account is suspended longer than a subscription is paid, we cancel the subscription.

    Coins are part of the game: they cannot be bought, sold or paid out, and they end with your account.

    You meet people at your own risk: we cannot check who they say they are. LuvHive comes without a guarantee that it always works or that somebody suits you.

data-caption = This is everything that is stored about you, and a list of what is left out and why. Keep it to yourself. You can ask for it again from { $next }.
data-later = You have your file already. You can ask for it again from { $next }.
data-none = Nothing is stored about you.

delete-title = Delete your account?
delete-body =
    { $hours ->
        [0] Your profile, settings, ratings and friends are deleted at once and cannot be brought back.
        [one] You are hidden from everybody at once. One hour later your profile, settings, ratings and friends are deleted and cannot be brought back; until then you can change your mind.
       *[other] You are hidden from everybody at once. { $hours } hours later your profile, settings, ratings and friends are deleted and cannot be brought back; until then you can change your mind.
    } Blocks hold if you come back; what you have of premium and coins is lost, and a subscription has to be cancelled first under /premium. A chat or search ends. Nobody is told.
delete-yes = Yes, delete everything
delete-no = No, keep my account
delete-started = Your account is being deleted.
delete-too-old = This question is too old. If you still want to leave, send /delete_me again.
delete-nothing = You are not registered, so there is no profile to delete. What you had entered so far has been removed.
delete-taken-back = Your account stays, and everything is as it was. A chat or search that ended does not come back.
leaving-title = Your account will be deleted
leaving-body = Your account will be erased at { $at }, and then nothing brings it back. Until then nobody meets you here, and we tell you nothing but what concerns money and decisions about you. If you want to stay, press the button.
leaving-keep = Keep my account
deleted-title = Goodbye
deleted-body = Your account has been deleted. If you ever want to come back, send /start.
