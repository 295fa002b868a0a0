# One's own profile.

profile-title = Your profile
profile-gender = Gender: { $gender }
profile-born = Born: { $date } ({ $age ->
        [one] { $age } year
       *[other] { $age } years
    })
profile-country = Country: { $country }
profile-city = City: { $city }
profile-no-city = City: not given
profile-languages = Languages: { $languages }
profile-interests = Interests: { $interests }
profile-note = A partner sees your gender, the languages you share, and what you let the match card show. Gender and date of birth cannot be changed.
profile-edit-languages = Change languages
profile-edit-interests = Change interests
profile-edit-country = Change country
profile-edit-city = Change city
profile-done = Done
profile-last-language = At least one language has to stay.
profile-last-interest = At least one interest has to stay.
profile-city-remove = Remove my city
profile-saved = Saved.

profile-bio = About you: { $bio }
profile-no-bio = About you: nothing yet
profile-photo = Photo: saved
profile-no-photo = Photo: none
profile-edit-bio = Change text about me
profile-edit-photo = Change photo
profile-edit-card = What partners see of me
profile-statistics = My statistics

bio-title = About you
bio-body = Write a few words about yourself, up to { $most } characters. Strangers read them, so leave out your name, links, handles and telephone numbers.
bio-now = Now: { $bio }
bio-empty = There was nothing to read in that. Please write a few words.
bio-too-long = That has { $count } characters and is too long. Please shorten it.
bio-names-somebody = That looks like a link, a handle, an address, a telephone number or a name for another app. Your card is anonymous, so please leave it out.
profile-bio-remove = Remove the text about me

photo-title = Your photo
photo-body = Send me a photo now. It is only kept in your profile: no match card shows it.
photo-body-new = Your photo is saved. Send another one to replace it. No match card shows it.
photo-expected = Please send a photo, as a photo and not as a file.
photo-show = Show my photo
photo-remove = Remove my photo
photo-preview = This is the photo in your profile. Only you see it.
photo-close = Close
photo-none = There is no photo in your profile.

card-title = Your match card
card-body = When you are matched, your partner sees this:
card-note = Interests and languages are shown only where you share them, ratings once you have three. Tap to show or hide a part.
card-age = Age range
card-country = Country
card-city = City
card-interests = Interests
card-bio = Text about me
card-rating = Ratings

statistics-title = Your statistics
statistics-since = Here since { $date }
statistics-chats = Chats: { $count }
statistics-friends = Friends: { $count }
statistics-ratings = Ratings: { $up } good, { $down } bad
statistics-badges = Badges: { $badges }
statistics-reset = Start my ratings anew ({ $stars } Stars)
badge-first-chat = first chat
badge-ten-chats = ten chats
badge-hundred-chats = a hundred chats
badge-well-liked = well liked
badge-verified = verified
