orders = Orders
orders-title-filter = Orders: { $filter }
orders-title-search = Orders with “{ $search }”
orders-filter = Show
orders-filter-all = All
orders-filter-open = In progress
orders-filter-waiting = Waiting for you
orders-filter-closed = Closed
orders-role = My role
orders-role-any = Both roles
orders-role-customer = As customer
orders-role-freelancer = As freelancer
orders-search = Search
orders-search-hint = Title, order number or name
orders-apply = Search
orders-none = You have no orders yet. As soon as you order something or get work to do, it appears here.
orders-none-found = No order matches what you are looking for.
orders-show-all = Show all orders
orders-found = Orders found
orders-to-look-at = Look at what was delivered
orders-running = In progress
orders-completes = Completed automatically on { $moment }
orders-ask-update = Ask for an update
orders-ask-cancellation = Ask to cancel
orders-waiting = { $count ->
    [one] 1 request is waiting for your answer.
   *[other] { $count } requests are waiting for your answer.
}
column-delivery = Delivery date
column-price = Price
with-customer = Customer: { $name }
with-freelancer = Freelancer: { $name }
respond-before = Answer before { $moment }
other-responds-before = { $name } can answer until { $moment }

order-about = About this order
order-reference = Order number
order-price = Price
order-placed = Ordered
order-you = { $name } (you)
order-extras = Agreed extras
order-next = What happens now?
order-next-active-customer = { $name } is working on your order. The delivery date is { $date }.
order-next-active-freelancer = You are working on this order. The delivery date is { $date }.
order-next-late-customer = The delivery date was { $date }. Ask { $name } for an update in the Resolution Center, or ask to cancel there.
order-next-late-freelancer = The delivery date was { $date }. Deliver the work, or ask { $name } for more time.
silence-update = { $name } gave no update before { $moment }.
silence-update-own = You gave no update before { $moment }. You can still say how things stand: request a change or deliver the work.
silence-change = { $name } did not answer your request before { $moment }.
silence-change-own = You did not answer the request before { $moment }. Everything stayed as agreed.
order-next-delivered-customer = { $name } has delivered. Approve the work or request a revision. If you do nothing, the order is completed automatically on { $moment }.
order-next-delivered-freelancer = You have delivered. { $name } can approve the work or request a revision. If nothing happens, the order is completed automatically on { $moment }.
order-next-unannounced-customer = { $name } has delivered. Approve the work or request a revision. The { $days } days to respond begin when you open this page.
order-next-unannounced-freelancer = You have delivered. { $name } may not know yet that the order is here. The { $days } days to respond begin when { $name } gets our welcome mail or opens this order; until then it does not complete by itself.
order-description = What was ordered
order-at-marketplace = View this order on the marketplace
order-next-completed = This order is completed.
order-next-cancelled = Customer service has cancelled this order.
order-next-cancelled-both = { $who ->
    [you] You asked to cancel on { $asked } and { $name } agreed on { $at }.
   *[other] { $name } asked to cancel on { $asked } and you agreed on { $at }.
}
order-next-cancelled-silence = { $who ->
    [you] You asked to cancel on { $asked }. No answer came within { $hours } hours, so the order was cancelled automatically on { $at }.
   *[other] { $name } asked to cancel on { $asked }. No answer came within { $hours } hours, so the order was cancelled automatically on { $at }.
}
order-next-cancelled-imported = This order was cancelled by mutual agreement.
deliver = Deliver
deliver-outcome = { $name } then has { $days ->
    [one] 1 day
   *[other] { $days } days
} to approve the work or request a revision. If nothing happens, the order is completed automatically on { $moment }. This time applies if you deliver now.
approve = Approve
approve-outcome = The order is then completed straight away. You cannot undo this.
deliver-hint = What have you made, and where is it? { $name } gets this straight away.
request-revision = Request revision
request-revision-hint = Write what needs to change. { $name } gets this straight away.
request-change = Request a change
request-change-hint = Need more time, or is there extra work? Ask { $name } to agree.

center = Resolution Center
center-intro = Not going as agreed? Settle it here together with { $name }.
reach-unmailed = We could not e-mail { $name }. { $name } sees your request on this site only; if need be, tell them in another way too.
reach-never-signed-in = { $name } has never signed in here.
center-open-own = You are waiting for { $name }.
center-open-theirs = { $name } is waiting for you.
center-open-view = View the request
center-open-answer = Answer the request
center-closed = This order is closed. Still have a question? Please contact customer service.
center-closed-completed = This order is closed. Do you want to cancel it after all, or do you have a question? Please contact customer service.
center-closed-link = Contact customer service

# The fingerprint: a code over everything that happened on an order.
fingerprint = Fingerprint: { $code }
fingerprint-what = This code belongs to everything that has happened on this order so far. If anyone later changes what was already recorded, the code no longer matches. It is also in every email about this order, yours and { $other }’s. Keep those emails: they let you show that nothing was changed.
fingerprint-not = The code does not say who is right, nor whether what someone wrote is true. It is about what happened, not about the description of the order, nor about when an email was sent or a question was opened.
fingerprint-since = The code has been in emails since { $date }.
deliver-at-marketplace = You deliver at { $marketplace }.
review-at-marketplace = You approve, or ask for a revision, at { $marketplace }.
