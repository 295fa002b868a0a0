# Settings: whom to meet, what passes in a chat, when to be left alone, the language.

settings-title = Settings
settings-language = Language of the bot: { $language }
settings-wanted = You want to meet: { $genders }
settings-ages = Ages: { $low }–{ $high }
settings-ages-from = Ages: { $low } and over
settings-ages-any = Ages: any
settings-country = Country: { $country }
settings-country-any = Country: any
settings-note = A search that is running takes up changes at once.
settings-edit-consent = Take my consent back
unconsent-title = Take your consent back?
unconsent-body = You agreed that whom you want to meet is used to find you partners; it can say something about your sexual orientation. If you take that back, a search stops at once, whom you want to meet is erased, and before your next search we ask you again. A chat that is going on stays. To have everything deleted, send /delete_me.
unconsent-yes = Yes, take it back
unconsented = Your consent is taken back, and whom you want to meet is erased. Before your next search we ask you again.
settings-edit-language = Change the language
settings-edit-wanted = Change whom I meet
settings-edit-ages = Change ages
settings-edit-country = Change country
settings-done = Done

language-title = Which language shall I speak?
language-changed = I speak English with you now.

ages-title = How old should your partner be?
ages-body-any = Any age is fine now.
ages-body-from = Now: { $low } and over.
ages-body = Now: { $low } to { $high }.
ages-choice-any = Any age
ages-choice-from = { $low } and over
ages-choice = { $low } to { $high }
ages-youngest = Youngest: { $age }
ages-oldest = Oldest: { $age }

country-filter-title = Where should your partner live?
country-filter-any = Any country
country-filter-mine = Only { $country }
country-filter-body-any = Any country is fine now.
country-filter-body = Now: only { $country }.
country-filter-hint = You can also type the name of a country or a part of it.
settings-last-wanted = At least one has to stay.

settings-media-on = Text-only mode: off
settings-media-off = Text-only mode: on, so partners send you text and stickers only
settings-withheld = Never passed on: { $kinds }
withheld-kind-photo = your photos
withheld-kind-voice = your voice messages
withheld-kind-video_note = your round videos
settings-protect-on = What you send: partners cannot save or forward it
settings-protect-off = What you send: partners can save and forward it
settings-reminders = Reminders: on, but not from { $hours }
settings-reminders-always = Reminders: on, at any hour
settings-reminders-off = Reminders: off
settings-edit-filters = More filters
settings-edit-chat = Photos, voice and saving
settings-edit-reminders = Reminders and quiet hours

filters-title = Whom else should I leave out?
filters-body = A tick means that only such people are found. Fewer people fit then, and waiting takes longer.
filters-no-city = Please name your city in your profile first.

# What is said of a filter is put together from its name, unless it has words of its own: .switch on its button, .on and
# .off among the settings, .wish inside a sentence.
filter-usual-switch = { $filter }
filter-usual-on = { $filter }: needed
filter-usual-off = { $filter }: not needed
filter-usual-wish = “{ $filter }”
filter-gender = Genders
    .wish = your choice of genders
filter-age = Ages
    .wish = your age range
filter-country = Country
    .wish = your choice of country
filter-city = Only from my city
    .on = City: only yours
    .off = City: any
    .wish = “only from my city”
filter-interest = Shared interest
    .switch = Only with a shared interest
    .wish = your wish for a shared interest
filter-language = Common language
    .switch = Only with a shared language
    .wish = your wish for a common language
filter-verified = Only verified people
    .on = Verified people: only these
    .off = Verified people: not only these
    .wish = “verified people only”

chat-settings-title = In a chat
chat-settings-body = In text-only mode partners send you text and stickers only; otherwise you are asked before photos and videos. Whatever you choose, anybody can photograph a screen.
chat-settings-text-only = Text-only mode
chat-settings-withhold-photo = Never pass on my photos
chat-settings-withhold-voice = Never pass on my voice
chat-settings-withhold-video_note = Never pass on my round videos
chat-settings-protect = Keep partners from saving

reminders-title = Reminders and quiet hours
reminders-body = Reminders are messages that nobody asked for. Messages of a chat always come at once.
reminders-zone = Your time zone: { $zone }. It is { $clock } there now.
reminders-switch = Reminders
reminders-edit-quiet = Change quiet hours
reminders-edit-zone = Change time zone
zone-title = What time is it where you live?
zone-body = These are the zones of your country.
zone-choice = { $place }, { $clock }
quiet-title = When should I leave you alone?
quiet-none = No quiet hours
quiet-choice = { $from } to { $until }
quiet-from = From { $clock }
quiet-until = To { $clock }

filters-premium = Age range, country, “only from my city” and “only with a shared interest” are part of premium: see /premium. The other filters are free for everybody.
filters-kept = You do not have premium right now. What you chose of its filters is kept, but it is not applied.
filters-need-premium = This filter is part of premium. Nothing was changed. See /premium.
