# Settings: language, and whom to meet.

settings-title = Settings
settings-language = Language of the bot: { $language }
settings-wanted = You want to meet: { $genders }
settings-ages = Ages: { $low }–{ $high }
settings-ages-from = Ages: { $low } and over
settings-ages-any = Ages: any
settings-country = Country: { $country }
settings-country-any = Country: any
settings-common-on = Common language: needed
settings-common-off = Common language: not needed
settings-note = A search that is running takes up changes at once.
settings-edit-language = Change the language
settings-edit-wanted = Change whom I meet
settings-edit-ages = Change ages
settings-edit-country = Change country
settings-turn-common-on = Need a common language
settings-turn-common-off = Do without a common language
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
