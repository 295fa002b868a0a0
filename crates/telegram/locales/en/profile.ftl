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
profile-note = Partners see your gender, your age range, your country, and what you have in common with them. Gender and date of birth cannot be changed.
profile-edit-languages = Change languages
profile-edit-interests = Change interests
profile-edit-country = Change country
profile-edit-city = Change city
profile-done = Done
profile-last-language = At least one language has to stay.
profile-last-interest = At least one interest has to stay.
profile-city-remove = Remove my city
profile-saved = Saved.
