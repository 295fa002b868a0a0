# What people are told about their premium without having asked.
premium-news-gift-title = A gift for you
premium-news-gift = { $days ->
    [one] Somebody gave you one day of premium.
   *[other] Somebody gave you { $days } days of premium.
}
premium-news-taken-title = A gift was taken back
premium-news-taken = { $days ->
    [one] One day of premium that somebody gave you was refunded to them.
   *[other] { $days } days of premium that somebody gave you were refunded to them.
}
premium-news-granted-title = Premium for you
premium-news-granted = { $days ->
    [one] Our team gave you one day of premium.
   *[other] Our team gave you { $days } days of premium.
}
premium-news-trial-title = Premium to try out
premium-news-trial = { $days ->
    [one] You have finished your first chat. Premium is yours to try for one day.
   *[other] You have finished your first chat. Premium is yours to try for { $days } days.
}
premium-news-until = You have premium until { $until }.
