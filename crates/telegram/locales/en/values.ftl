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

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
day = { $day } { $month } { $year }
moment = { $day }, { $clock } UTC
