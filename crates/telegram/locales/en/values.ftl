# How values are called.

gender-woman = Woman
gender-man = Man
gender-nonbinary = Non-binary
genders-woman = Women
genders-man = Men
genders-nonbinary = Non-binary people

interest-chatting = Chatting
interest-friends = Friends
interest-relationship = Relationship
interest-love = Love
interest-games = Games
interest-anime = Anime
interest-music = Music
interest-films = Films
interest-travel = Travel
interest-sport = Sport
interest-study = Study
interest-pets = Pets

# `.also` holds other spellings that are understood when somebody types a date.
month-1 = January
    .also = Jan
month-2 = February
    .also = Feb
month-3 = March
    .also = Mar
month-4 = April
    .also = Apr
month-5 = May
    .also = May
month-6 = June
    .also = Jun
month-7 = July
    .also = Jul
month-8 = August
    .also = Aug
month-9 = September
    .also = Sep, Sept
month-10 = October
    .also = Oct
month-11 = November
    .also = Nov
month-12 = December
    .also = Dec
day = { $day } { $month } { $year }
moment = { $day }, { $clock } UTC
