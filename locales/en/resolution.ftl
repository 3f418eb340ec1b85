resolution-choose = What do you want to do?
resolution-choose-missing = Choose what you want to do
action-update = Get an order update
action-update-hint = { $name } gets { $days ->
    [one] 1 day
   *[other] { $days } days
} to tell you how it is going.
action-cancellation-customer = Cancel an order
action-cancellation-freelancer = Ask to cancel the order
action-cancellation-hint = { $name } gets { $hours } hours to answer. If { $name } does not accept or decline, the order is cancelled automatically.
resolution-change-elsewhere = Need more time, or is there extra work? Request that on the order’s own page.

form-update = Get an update on an order
form-cancellation-customer = Ask to cancel the order
form-cancellation-freelancer = Ask your customer to cancel the order
form-update-happens = Your request goes to { $name } straight away, who has until { $moment } to give an update. If you get no update, the dispute is closed automatically and the order returns to its previous status. Until then you can always withdraw it.
form-cancellation-happens = Your request goes to { $name } straight away, who has until { $moment } to accept or decline. If { $name } does not accept or decline, the order is cancelled automatically at that moment. Until then you can always withdraw it.
form-sent-now = This time applies if you send it now.
reason = Reason
reason-hint = Choose what fits best. { $name } sees this reason.
reason-choose = Choose a reason
reason-missing = Choose a reason
comment = Comment
comment-hint-update = Write what you would like to know. This is sent to { $name } straight away. You cannot change it later.
comment-hint-cancellation = Explain why you want to cancel. This is sent to { $name } straight away. You cannot change it later.
comment-hint-cancellation-freelancer = An explanation helps. With the reason “Other” it is needed. This is sent to { $name } straight away. You cannot change it later.
comment-hint-change = Explain why the change is needed. This is sent to { $name } straight away. You cannot change it later.
comment-missing = Write a comment
comment-missing-why = Explain why you want to cancel
comment-missing-other = Explain what you mean by “Other”
comment-too-long = Keep it to { $most } characters; you have { $count } now

change-heading = Request a change
change-intro = Ask { $name } for a later delivery date, for extras, or for both.
change-happens = Your request goes to { $name } straight away, who has until { $moment } to accept or decline. If { $name } does not accept or decline, the request is withdrawn automatically at that moment and everything stays as agreed. Until then you can always withdraw it.
change-in-parts = If you ask for more time and for extras, { $name } can also accept only the date or only the extras. That part then applies straight away; the rest of your request expires and you can ask for it again.
change-now = Agreed now: delivery date { $date }, price { $price }.
extra-days = Extra days
extra-days-hint = 1 to { $most } days, counted from the agreed delivery date
extra-days-wrong = Enter a whole number from 1 to { $most }
extra-line = Extra { $number }
extra-title = Description
extra-price = Price
extra-price-hint = In euros, for instance 75 or 49.99
extra-more = Add another extra
extras-heading = Extras
extra-title-missing = Describe extra { $number }
extra-title-too-long = Keep the description of extra { $number } to { $most } characters
extra-price-missing = Enter the price of extra { $number }
extra-price-unreadable = Write the price of extra { $number } like 75 or 1040.25
extra-price-negative = The price of extra { $number } is at least { $least }
extra-price-too-precise = Write the price of extra { $number } with two decimals at most, and without a separator for thousands
extra-price-too-high = The price of extra { $number } is at most { $most }
extra-too-many = Ask for at most { $most } extras at a time
change-empty = Ask for extra days, for an extra, or for both
