# Coins: getting, giving and spending them, and inviting friends.

coins-title = Your coins
coins-balance = { $coins ->
        [one] You have { $coins } coin.
       *[other] You have { $coins } coins.
    }
coins-daily-now = { $coins } daily coins are waiting for you.
coins-daily-later = The next daily coins come in { $hours } h { $minutes } min.
coins-spin-now = You can spin the wheel now: it gives 0 to 100 coins.
coins-spin-later = You can spin the wheel again in { $hours } h { $minutes } min.
coins-note = For { $coins } coins you get { $days } days of premium. You can also give coins to your chat partner; neither of you learns who the other is.
coins-take-daily = Take daily coins
coins-spin = Spin the wheel
coins-gifts = Give to my chat partner
coins-redeem = Turn coins into premium
coins-invite = Invite friends
coins-daily-got = Here are your { $coins } daily coins.
coins-spun = { $coins ->
        [0] The wheel stopped at nothing this time.
       *[other] The wheel gave you { $coins } coins.
    }
coins-too-soon = It is too early. Please come back in { $hours } h { $minutes } min.
coins-too-few = You have { $have } coins, and { $need } are needed.
coins-gifts-title = Coins for your chat partner
coins-gifts-body = How many coins shall your partner get? They see the coins, but not who you are.
coins-friend-title = Coins for your friend
coins-friend-body = How many coins shall your friend get? They see the coins, but not who you are.
coins-give = { $coins } coins
coins-given = You gave { $coins } coins.
coins-received = A chat partner or friend gave you { $coins } coins. See /coins.
coins-done-before = This was done already.
coins-open = Coins
coins-redeem-title = Turn coins into premium?
coins-redeem-body = { $coins } coins become { $days } days of premium, added to what you have.
coins-redeem-yes = { $coins } coins for { $days } days
coins-suspended = While your account is suspended, coins cannot become premium. They stay yours.
coins-redeemed = Done: { $days } days of premium were added.

invite-title = Invite friends
invite-body = Send this link to friends. When somebody new comes by it and has completed their first chat, you both get { $coins } coins.
invite-paid-host = Somebody you invited has finished their first chat: { $coins } coins for you. See /coins.
invite-paid-guest = You came by an invitation and have finished your first chat: { $coins } coins for you. See /coins.
