# Becoming a member, step by step.

use-buttons = Please use the buttons under this message.

consent-title = Welcome to LuvHive
consent-body =
    Adults meet here. You say whom you would like to talk to, I find somebody who would like to talk to you, and you two chat through me. Neither of you sees the other's Telegram name, phone number or picture.

    LuvHive is for people aged 18 and over. Please read the /terms and the /privacy notice first. Do you agree to both?
consent-agree = I agree to the terms and the privacy notice

closed-title = Nobody can register yet
closed-body = The people who run this bot have not finished setting it up. Please try again later: send /start. /support says whom you can ask.
country-closed = LuvHive takes no new people in { $country } for now. It's not about you. If you live somewhere else, choose that country.
age-later = I can't check your age right now. Your answers are kept: tap the button again in a few minutes.

renewal-title = Do you agree?
renewal-body = Please read the /terms and the /privacy notice as they are now. Do you agree to both?
renewal-done = Thank you. You can search again.

orientation-title = One more consent
orientation-body =
    To find people for you, I have to store whom you want to meet. This can say something about your sexual orientation, which the law protects in particular.

    It is used for matching only, shown to nobody, and deleted with your account. May I store and use it for that?
orientation-agree = Yes, store and use it for matching

birthday-title = When were you born?
birthday-body = Please type your date of birth, for example 1999-04-23 or 23.04.1999. Others only ever see an age range, such as 26–30.
birthday-unreadable = I could not read that as a date. Please type day, month and year, for example 23.04.1999.
birthday-short-year = Please write the year with four digits, for example 23.04.1999.
birthday-no-such-day = There is no such day in the calendar. Please check it and type it again.
birthday-implausible = That year cannot be right. Please check it and type the date again.
birthday-ambiguous-title = Which day do you mean?
birthday-ambiguous-body = The date can be read in two ways. The one you choose cannot be changed later. If neither is right, type it again.
birthday-confirm-title = Is this date right?
birthday-confirm-body = You were born on { $date }, so you are { $age } years old. Your date of birth cannot be changed later. If it is wrong, just type it again.
birthday-confirm = Yes, { $date }
birthday-choice = { $date } ({ $age } years old)
birthday-unclear = This date can be read in two ways. Please type the month as a word, for example 3 { month-4 } 1999.
birthday-not-yet = You turn 18 just now, but that day has not begun everywhere on earth yet, and I go by the place where it comes last. Please come back tomorrow and type the date again. Nothing was kept.
type-yourself = This message was forwarded or made by another bot, so I did not take it for your answer. Please type it yourself.

refused-title = LuvHive is for adults only
refused-body = LuvHive is for people aged 18 and over, so I cannot register you. This answer is kept for your Telegram account, and typing another date does not change it.
refused-mistyped = If you are 18 or older and mistyped, please write to { $contact } and name this support code: { $code }
refused-mistyped-support = If you are 18 or older and mistyped, please write to our support (/support says where) and name this support code: { $code }
refused-alert = LuvHive is for people aged 18 and over. If you mistyped, /support says whom to write to. Your support code: { $code }

corrected-title = Our support has corrected your profile
corrected-gender = Your gender is now: { $gender }.
corrected-born = Your date of birth is now { $date }.
corrected-refused = Our support found that you are not 18 yet. LuvHive is for people aged 18 and over, so you cannot search or chat here any more. This is kept for your Telegram account. /delete_me deletes your profile. If it is a mistake, please write to our support: /support says where, and /start shows the support code they need.
corrected-underage = You said that you are not 18 yet. LuvHive is for people aged 18 and over, so your chat is over and you cannot search or chat here any more. This is kept for your Telegram account. /delete_me deletes your profile. If it is a mistake, please write to our support: /support says where, and /start shows the support code they need.
corrected-admitted-title = You can register now
corrected-admitted = Our support has looked at your date of birth and lifted the refusal. Send /start and type your date of birth again.

gender-title = What is your gender?
gender-body = Your partners will see it. It cannot be changed later.

wanted-title = Whom would you like to meet?
wanted-body = Choose one or more. Nobody else sees this, and you can change it whenever you like.
wanted-everyone = Everyone
wanted-needed = Please choose at least one.

chosen-some = Chosen: { $chosen }
chosen-none = Nothing chosen yet.

country-title = Which country do you live in?
country-body-guess = Is it { $country }? If not, type the name of your country or a part of it, or look through the list.
country-body-city = You live in { $city }, { $country }. To choose another country, type its name or a part of it, or look through the list.
country-body = Type the name of your country or a part of it, or choose it here.
country-found = Is it one of these? If not, type the name once more.
country-not-found = I know no country called “{ $typed }”. Please type its name or a part of it, or look through the list.
country-page = Page { $page } of { $pages }. You can also type the name or a part of it.
country-continue = Continue with { $country }
country-list = Show all countries
city-add = Add my city
city-change = Change my city

city-title = Which city do you live in?
city-body = Type its name. It helps to find people near you. Partners are shown it only if you switch that on in your profile.
city-unreadable = A city's name has 1 to 60 letters. Please type the name alone.
city-none = Go on without a city

languages-title = Which languages do you speak?
languages-body = Choose every language in which you would enjoy a chat.
languages-needed = Please choose at least one language.

interests-title = What do you like?
interests-body = Choose at least one. What you and your partner have in common is shown to both of you.
interests-needed = Please choose at least one.
interests-finish = Finish

registered-title = You're in!
registered-body =
    { $gender }, { $age }, { $country }
    Languages: { $languages }
    Interests: { $interests }

    You can change most of this in your profile.
welcome-title = Ready when you are
welcome-body =
    Press “Find a partner” and I will look for somebody who suits you.

    In a chat, simply write. Never send money, and keep your full name, number and address to yourself. If somebody behaves badly, press “Report”: it works for 48 hours after a chat, too.
