# Premium: what it changes, what it costs, paying, giving, having back.

checkout-forged = This invoice is not valid. Nothing was charged. Open /premium for a new one.
checkout-expired = This invoice is too old. Nothing was charged. Open /premium for a new one.
checkout-not-yours = This invoice was made for somebody else. Nothing was charged. Open /premium for your own.
checkout-suspended = Your account is suspended at the moment, so nothing was charged.
checkout-receiver-gone = The person this gift was for can no longer use it. Nothing was charged.
checkout-subscribed = You have a subscription already, so nothing was charged. It renews by itself.
checkout-try-later = We cannot take payments for a moment. Nothing was charged. Please try again in a few minutes.

plan-week = 1 week
plan-month = 1 month
plan-half_year = 6 months
plan-year = 1 year
plan-monthly = Monthly subscription
plan-gift_week = 1 week as a gift
plan-gift_month = 1 month as a gift
plan-rating_reset = Rating reset
plan-priced = { $plan } · { $stars } Stars

invoice-unclear = Your invoice may not have arrived. If you do not see it above, open /premium and choose again. Nothing is charged before you confirm an invoice.
invoice-week = { $days } days of premium, added to what you have.
invoice-month = { $days } days of premium, added to what you have.
invoice-half_year = { $days } days of premium, added to what you have.
invoice-year = { $days } days of premium, added to what you have.
invoice-monthly = { $days } days of premium, again every { $days } days until you cancel.
invoice-gift_week = { $days } days of premium as a gift. Neither of you learns who the other is.
invoice-gift_month = { $days } days of premium as a gift. Neither of you learns who the other is.
invoice-rating_reset = Your ratings start anew.
invoice-consent = It starts at once; the right to withdraw ends with the first use.

premium-title = Premium
premium-none = You do not have premium right now.
premium-until = You have premium until { $until }.
premium-renews = Your subscription renews on { $until } for { $stars } Stars.
premium-ends = Your subscription is cancelled: it ends on { $until } and is not charged again.
premium-changes =
    What premium changes:
    • filters for age, country and city
    • meeting only people who share an interest of yours
    • a shorter wait when you search
premium-free = Always free: choosing whom you meet by gender, blocking, reporting.
refund-window = { $days ->
    [one] Within 24 hours
   *[other] Within { $days } days
}
refund-within = { $days ->
    [one] within 24 hours
   *[other] within { $days } days
}
premium-note = Days are added to what you have and start at once. { $window } you can have a payment back, as long as you have not searched with it: the right to withdraw ends with the first use.
premium-open = Premium
premium-gifts = 🎁 A gift for your chat partner
premium-payments = Payments and refunds
premium-cancel = Cancel the subscription
premium-resume = Let me renew the subscription
premium-invoiced = The invoice is in this chat. Press its button to pay with Stars.
premium-busy = Telegram does not answer at the moment. Please try again.
premium-canceled = The subscription is cancelled.
premium-resumable = You can renew it again. Only you can do that: in Telegram's settings under “My Stars”, open this subscription and press “Renew”.
premium-ended-by-suspension = Your account is suspended beyond { $until }, so we have cancelled your subscription: it is not charged again. What is paid stays yours until then.
premium-was-ended = Your subscription was cancelled, so it is not charged any more.
premium-subscribe-again = If you want it again, subscribe anew under /premium.
premium-no-subscription = There is no subscription to change.

subscribe-title = Monthly subscription
subscribe-body = { $days } days of premium for { $stars } Stars, again every { $days } days. You can cancel at any time; what is paid stays yours.
subscribe-open = Subscribe for { $stars } Stars

cancel-title = Cancel the subscription?
cancel-body = Premium stays until { $until }. After that nothing is charged any more.
cancel-yes = Yes, cancel it

gifts-friend-title = A gift for your friend
gifts-friend-body = They learn that somebody gave it, nothing else.
gifts-title = A gift for your chat partner
gifts-body = They learn that it comes from a chat partner, nothing else. You do not learn who they are.

gifts-suspended = While your account is suspended you cannot give anything.
gifts-blocked = You have blocked this person, so nothing can be given.

payments-title = Payments and refunds
payments-body = These payments can be given back. Which one?
payments-none = There is no payment that can be given back. A payment can be given back { $within }, as long as it was not used for a search.
payments-one = { $plan }, { $at }

refund-title = Have this payment back?
refund-body = { $plan } for { $stars } Stars. You get the Stars back, and the days are taken off again.
refund-yes = Yes, give it back
refund-begun = We have asked Telegram to give you the Stars back. You will hear from us in a moment.
refund-too-late = This payment could be given back by button until { $until }. /paysupport says who can help.
refund-used = This premium has been used already, so it cannot be given back by button. /paysupport says who can help.
refund-under-way = This payment is on its way back already.
refund-done-before = This payment was given back already.
refund-unknown = We do not know this payment. Please open /premium again.
refund-failed = Telegram refuses to give this payment back, so nothing was changed. /paysupport says who can help.

paid-title = Thank you!
paid-premium = Your payment has arrived: { $plan } of premium.
paid-subscription = Your payment has arrived: your monthly subscription has begun.
paid-renewal = Your subscription was renewed.
paid-gift-week = Your gift has arrived: 1 week of premium.
paid-gift-month = Your gift has arrived: 1 month of premium.
paid-reset = Your payment has arrived. Your ratings start anew.
paid-note = { $window } you can have it back under “Payments and refunds”, as long as it was not used for a search.
paid-unusable = Your payment has arrived, but what it was for is not possible any more. You have been given your Stars back.
paid-unreadable = Telegram tells us of a payment of yours, but not which one, so nothing could be booked. We have made a note of it for our staff; /paysupport says who can help.
refund-unreadable = Telegram tells us that Stars were given back to you, but not for which payment, so nothing could be booked. We have made a note of it for our staff; /paysupport says who can help.
paid-stuck = Your payment has arrived, but what it was for is not possible any more, and giving it back did not work. We have made a note of it; /paysupport says who can help.

refunded-title = Payment given back
refunded-body = { $stars } Stars are yours again.

paysupport-title = Help with payments
paysupport-body =
    Purchases are made with Telegram Stars. { $window }, and as long as you have not searched with it, you get a payment back by the button below.

    Telegram's own support cannot help with purchases in this bot.
paysupport-contact = For everything else write to { $contact }: when you paid, how many Stars, what is missing, and the transaction's number from Telegram's settings under “My Stars”.
paysupport-number = Your number with us: { $number }
support-title = Support
support-body =
    /help explains how LuvHive works. /report and /block act against a chat partner, /paysupport is for payments, /privacy says what is stored, /terms are the rules, /delete_me deletes your account.
support-contact = For everything else write to { $contact }.
support-no-contact = The operator of this bot has named no contact for anything else.
